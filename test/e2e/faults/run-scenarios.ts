import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { sha256Hex } from '../../../shared/hash.ts';
import type { TableFault, TableRequest } from '../../support/table-proxy.ts';
import type { FaultBench } from './fault-bench.ts';
import { strategy } from './market.ts';
import type { RunScenario } from './scenario.ts';

type Fault = Pick<RunScenario, 'code' | 'title' | 'facts' | 'break'> & Partial<RunScenario>;

const bundle = (fault: Fault): RunScenario => ({ type: 'ModelLoadError', step: 'backtest', at: 'backtest', ...fault });
const storage = (fault: Fault): RunScenario => ({ type: 'StorageError', step: 'backtest', at: 'backtest', ...fault });

const run = (id: string) => `memory/runs/${id}/`;
const half = (file: string) => async (bench: FaultBench, id: string) => {
  const path = bench.run(id, file);
  await truncate(path, Math.floor((await readFile(path)).length / 2));
};
const remove = (file: string) => (bench: FaultBench, id: string) => rm(bench.run(id, file));

/** Another run on the same data, to its end; returns its id. */
async function otherRun(bench: FaultBench, other: object): Promise<string> {
  const id = await bench.trigger(other);
  await bench.ended(id);
  return id;
}

/** Puts files of another run in the place of this one's. */
const from = (other: object, ...files: readonly string[]) => async (bench: FaultBench, id: string) => {
  const source = await otherRun(bench, other);
  for (const file of files) await copyFile(bench.run(source, file), bench.run(id, file));
};

/** Makes the manifest tell of the model that lies beside it. */
async function describeModel(bench: FaultBench, id: string): Promise<void> {
  const model_sha256 = sha256Hex(await readFile(bench.run(id, 'model/model.onnx')));
  const manifest = JSON.parse(await readFile(bench.run(id, 'model/manifest.json'), 'utf8')) as object;
  await writeFile(bench.run(id, 'model/manifest.json'), JSON.stringify({ ...manifest, model_sha256 }));
}

const restoreStrategy = (bench: FaultBench, id: string) => writeFile(bench.run(id, 'strategy.yaml'), stringify(strategy()));

const twoInputs = strategy({
  indicators: { rsi_14: { type: 'rsi', period: 14 }, sma_5: { type: 'sma', period: 5 } },
  inputs: [
    { raw_indicator: 'rsi_14', normalization: 'zscore', timeframes: 'all' },
    { raw_indicator: 'sma_5', normalization: 'zscore', timeframes: 'all' },
  ],
});

/** Limits what a process may write to a file: it fails as on a full disk, with EFBIG for ENOSPC. */
async function limitFileSize(pids: readonly number[], bytes: number | 'unlimited'): Promise<void> {
  for (const pid of pids) await promisify(execFile)('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);
}

const refusing = (type: string, status: number, which: (request: TableRequest) => boolean) => (bench: FaultBench) =>
  bench.table.break((request) => (which(request) ? { status, type } : null));
const answering = (fault: TableFault, which: (request: TableRequest) => boolean) => (bench: FaultBench) =>
  bench.table.break((request) => (which(request) ? fault : null));

/** What the step tells the table when it begins. */
const isStepsOwn = ({ text }: TableRequest) => text.includes(':set_phase');

const sh = promisify(execFile);

/** A disk of one page at the folder of experiments, which only who may mount can make. */
export const FULL_DISK: RunScenario = storage({
  code: 'OBJECT_WRITE_FAILED',
  step: 'record',
  at: 'record',
  title: 'a disk of its own for the experiments, which is full',
  facts: ['memory/experiments/exp_', 'ENOSPC'],
  break: async (bench) => {
    const experiments = join(bench.memory, 'experiments');
    await mkdir(experiments, { recursive: true });
    await sh('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', experiments]);
  },
  mend: async (bench) => {
    await sh('umount', [join(bench.memory, 'experiments')]);
  },
});

/** Models and artefacts that were tampered with between two steps, and stores that fail while a step uses them. */
export const RUN_SCENARIOS: readonly RunScenario[] = [
  bundle({ code: 'MODEL_MISSING', title: 'a model that is deleted between training and backtest', facts: ['model.onnx', run('{id}')], break: remove('model/model.onnx') }),
  bundle({ code: 'MODEL_HASH_MISMATCH', title: 'a model that is cut in half', facts: ['model.onnx', run('{id}'), 'SHA-256'], break: half('model/model.onnx') }),
  bundle({ code: 'MODEL_MANIFEST_INVALID', title: 'a manifest that is cut in half', facts: ['manifest.json', run('{id}')], break: half('model/manifest.json') }),
  bundle({
    code: 'MODEL_UNREADABLE',
    title: 'a model that is no ONNX file, with a manifest to match',
    facts: ['onnxruntime', run('{id}')],
    break: async (bench, id) => {
      await writeFile(bench.run(id, 'model/model.onnx'), 'no protocol buffer');
      await describeModel(bench, id);
    },
  }),
  bundle({
    code: 'MODEL_SHAPE_MISMATCH',
    title: 'the model of another strategy, with a manifest to match',
    facts: ['2', '3 features', run('{id}')],
    break: async (bench, id) => {
      await from(twoInputs, 'model/model.onnx')(bench, id);
      await describeModel(bench, id);
    },
  }),
  bundle({
    code: 'MODEL_FEATURES_MISMATCH',
    type: 'BacktestDataError',
    title: 'model and manifest of another strategy',
    facts: ['1d_rsi_14_raw', '1d_rsi_low', run('{id}')],
    break: from(twoInputs, 'model/model.onnx', 'model/manifest.json'),
  }),
  bundle({
    code: 'MODEL_NOT_OF_RUN',
    title: 'model and manifest of another run of the same strategy',
    facts: [run('{id}'), 'SHA-256'],
    break: from(strategy({ training: { epochs: 2 } }), 'model/model.onnx', 'model/manifest.json'),
  }),
  storage({
    code: 'STRATEGY_INVALID',
    type: 'StrategyError',
    step: 'train',
    at: 'train',
    title: 'a copy of the strategy that is no strategy any more',
    facts: [`${run('{id}')}strategy.yaml`, 'nn_inputs'],
    break: (bench, id) => writeFile(bench.run(id, 'strategy.yaml'), stringify({ ...strategy(), nn_inputs: [] })),
    mend: restoreStrategy,
  }),
  storage({
    code: 'ARTEFACT_CHANGED',
    title: 'a copy of the strategy that is edited after training',
    facts: [`${run('{id}')}strategy.yaml`, 'backtest', 'SHA-256'],
    break: (bench, id) => writeFile(bench.run(id, 'strategy.yaml'), stringify(strategy({ decisions: { confidence_threshold: 0.9 } }))),
    mend: restoreStrategy,
  }),
  storage({ code: 'ARTEFACT_MISSING', title: 'a training result that is deleted before the backtest', facts: [`${run('{id}')}training.json`, 'backtest'], break: remove('training.json') }),
  storage({
    code: 'ARTEFACT_MISSING',
    step: 'record',
    at: 'record',
    title: 'a backtest result that is deleted before the record',
    facts: [`${run('{id}')}backtest.json`, 'record'],
    break: remove('backtest.json'),
  }),
  storage({
    code: 'ARTEFACT_INVALID',
    step: 'record',
    at: 'record',
    title: 'a backtest result that is cut in half',
    facts: [`${run('{id}')}backtest.json`, 'record', 'JSON'],
    break: half('backtest.json'),
  }),
  storage({
    code: 'ARTEFACT_INVALID',
    step: 'record',
    at: 'record',
    title: 'a training result with a loss that is null',
    facts: [`${run('{id}')}training.json`, 'final_val_loss'],
    break: async (bench, id) => {
      const path = bench.run(id, 'training.json');
      await writeFile(path, (await readFile(path, 'utf8')).replace(/"final_val_loss": [^,]+/, '"final_val_loss": null'));
    },
  }),
  storage({
    code: 'ARTEFACT_OF_ANOTHER_RUN',
    step: 'record',
    at: 'record',
    title: 'the backtest result of another run of the same strategy',
    facts: [`${run('{id}')}backtest.json`, 'op_agent_research_'],
    break: from(strategy(), 'backtest.json'),
  }),
  storage({
    code: 'OUTCOME_CONTRADICTED',
    step: 'record',
    at: 'record',
    title: 'a backtest result whose verdict is turned around',
    facts: [run('{id}'), 'completed', 'gate_rejected_backtest'],
    break: async (bench, id) => {
      const path = bench.run(id, 'backtest.json');
      const { result, ...made } = JSON.parse(await readFile(path, 'utf8')) as { readonly result: { readonly gate: object } };
      await writeFile(path, JSON.stringify({ ...made, result: { ...result, gate: { ...result.gate, passed: false } } }));
    },
  }),
  storage({
    code: 'EXPERIMENT_DIFFERS',
    step: 'record',
    at: 'record',
    title: 'an experiment that an earlier attempt has written of something else, which is removed',
    facts: ['memory/experiments/exp_', '{id}'],
    break: async (bench, id) => {
      await mkdir(join(bench.memory, 'experiments'), { recursive: true });
      await writeFile(foreign(bench, id), stringify({ provenance: { operation_id: id } }));
    },
  }),
  storage({
    code: 'EXPERIMENT_CONFLICT',
    step: 'record',
    at: 'record',
    title: 'another file in the place of the experiment, which is left alone',
    facts: ['memory/experiments/exp_'],
    break: async (bench, id) => {
      await mkdir(join(bench.memory, 'experiments'), { recursive: true });
      await writeFile(foreign(bench, id), 'mine');
    },
    mend: async (bench, id) => {
      if ((await readFile(foreign(bench, id), 'utf8')) !== 'mine') throw new Error('The foreign file was not left alone.');
    },
  }),
  storage({
    code: 'OBJECT_WRITE_FAILED',
    step: 'train',
    at: 'train',
    title: 'a file where the folder of the model should be',
    facts: [`${run('{id}')}model/model.onnx`],
    break: (bench, id) => writeFile(bench.run(id, 'model'), ''),
  }),
  storage({
    code: 'OBJECT_WRITE_FAILED',
    step: 'backtest',
    title: 'a disk that is full when the results are stored',
    facts: [run('{id}'), 'EFBIG'],
    break: (bench) => limitFileSize(bench.runtime.functions.pids, 200),
    mend: (bench) => limitFileSize(bench.runtime.functions.pids, 'unlimited'),
  }),
  storage({
    code: 'OBJECT_WRITE_FAILED',
    step: 'record',
    at: 'record',
    title: 'a disk that is full when the experiment is written',
    facts: ['memory/experiments/exp_', 'EFBIG'],
    break: (bench) => limitFileSize(bench.runtime.functions.pids, 200),
    mend: (bench) => limitFileSize(bench.runtime.functions.pids, 'unlimited'),
  }),
  storage({
    code: 'OBJECT_WRITE_FAILED',
    step: 'record',
    at: 'record',
    title: 'a folder of experiments that nobody may write to',
    facts: ['memory/experiments/exp_'],
    break: async (bench) => {
      await rename(join(bench.memory, 'experiments'), join(bench.memory, 'aside')).catch(absent);
      // Not even root may make files there.
      await symlink('/sys/kernel', join(bench.memory, 'experiments'));
    },
    mend: async (bench) => {
      await rm(join(bench.memory, 'experiments'));
      await rename(join(bench.memory, 'aside'), join(bench.memory, 'experiments')).catch(absent);
    },
  }),
  storage({
    code: 'OPERATION_STORE_FAILED',
    title: 'a table that answers 500',
    facts: ['{id}', 'InternalServerError'],
    break: refusing('InternalServerError', 500, isStepsOwn),
  }),
  storage({
    code: 'OPERATION_STORE_FAILED',
    step: 'train',
    at: 'train',
    title: 'a table that throttles',
    facts: ['{id}', 'ProvisionedThroughputExceededException'],
    break: refusing('ProvisionedThroughputExceededException', 400, isStepsOwn),
  }),
  storage({
    code: 'OPERATION_STORE_FAILED',
    step: 'record',
    at: 'record',
    title: 'a table that takes every write and loses every answer',
    facts: ['{id}', 'socket hang up'],
    break: answering('answer lost', isStepsOwn),
  }),
];

function absent(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}

const foreign = (bench: FaultBench, id: string) => join(bench.memory, 'experiments', `${id.replace('op_agent_research', 'exp')}.yaml`);
