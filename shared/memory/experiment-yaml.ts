import { Document, isScalar, visit } from 'yaml';
import type { Experiment } from '../../memory-schema/experiment.ts';

/** An experiment as its file holds it: keys in the schema's order, lists of plain values on one line. */
export function experimentYaml(experiment: Experiment): string {
  const document = new Document(experiment, { aliasDuplicateObjects: false });
  visit(document, {
    Seq(_, sequence) {
      sequence.flow = sequence.items.every((item) => isScalar(item));
    },
  });
  return document.toString({ lineWidth: 0 });
}
