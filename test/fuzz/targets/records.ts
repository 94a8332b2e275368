import { hypothesesSchema } from '../../../memory-schema/hypothesis.ts';
import { readImportedText } from '../../../shared/memory/imported-experiments.ts';
import { problemText, type ReadRecord, readRecord } from '../../../shared/memory/read-record.ts';
import { recordYaml } from '../../../shared/memory/record-yaml.ts';
import { canonicalJson } from '../../../shared/strategy/canonical.ts';
import { bootstrapRecord, HYPOTHESES_FILE, liveRecord, rejectedRecord } from '../../support/ktrdr-records.ts';
import type { Target } from '../campaign.ts';
import { requireCleanPrototypes, requireReadable } from '../refusal.ts';

const nested = ['['.repeat(50_000), '- '.repeat(50_000), '{a: '.repeat(50_000), '? '.repeat(50_000), '&a [*a]', 'id: *a', '<<: {a: 1}'];

/** The reader of records from elsewhere: experiments, which are kept as they are, and hypotheses, which are written anew. */
export const recordsTarget: Target = {
  name: 'records',
  covers: '/shared/memory/',
  corpus: [bootstrapRecord(), liveRecord(), rejectedRecord(), HYPOTHESES_FILE, JSON.stringify({ hypotheses: [] }), ...nested].map((text) => new TextEncoder().encode(text)),
  dictionary: [
    'id: ', 'timestamp: ', 'strategy_name: ', 'context:\n', 'results:\n', 'assessment:\n', 'verdict: ', 'observations:\n', 'source: agent', 'status: completed', 'gate_rejection_reason: ', 'hypotheses:\n',
    '- id: H_001\n', 'H_999999999', 'text: ', 'tested_by: ', 'tests:\n', 'created: ', '2025-12-27T09:30:00', 'exp_v15_', '  ', '- ', ': ', '\n', '&a ', '*a', '!!binary ', '!!set ', '|\n', '>-\n', '---\n',
  ],
  run(input) {
    const experiment = readImportedText(input);
    const hypotheses = readRecord(input, hypothesesSchema);
    requireSound(experiment);
    requireSound(hypotheses);
    requireCleanPrototypes();
    if (hypotheses.ok) {
      const again = readRecord(recordYaml(hypotheses.value), hypothesesSchema);
      if (!again.ok || canonicalJson(again.value) !== canonicalJson(hypotheses.value)) throw new Error('written and read again, they are other hypotheses');
      return 'hypotheses';
    }
    if (experiment.ok) return 'experiment';
    return experiment.problems.some(({ path }) => path !== '') ? 'fields refused' : 'text refused';
  },
};

function requireSound(read: ReadRecord<unknown>): void {
  if (read.ok) return;
  if (read.problems.length === 0) throw new Error('refused without a problem');
  for (const problem of read.problems) requireReadable(problemText(problem), 2_000);
}
