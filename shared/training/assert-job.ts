import { assertSamples } from '../dataset/assert-samples.ts';
import type { Rows } from '../dataset/dataset.ts';
import { fail } from '../errors/index.ts';
import { firstNotFinite } from '../finite.ts';
import { windowLength } from '../strategy/model-shape.ts';
import type { TrainingJob } from './training.ts';

/**
 * Checks that the parts of a job fit each other, once, so that the hot loops need not.
 * @throws RangeError: a job that does not fit is a mistake of the caller, not of the data
 * @throws TrainingDataError VALIDATION_WITHOUT_TRAINED_CLASSES
 */
export function assertJob(job: TrainingJob): void {
  const { outputs, classWeights, training } = job;
  const classification = training.loss.type === 'cross_entropy' || training.loss.type === 'focal';
  expect(classification === outputs > 1, `${training.loss.type} loss does not go with ${outputs} outputs.`);
  expect(classWeights === null || classWeights.length === outputs, `${classWeights?.length} class weights for ${outputs} outputs.`);
  expect(training.epochs >= 1 && training.batchSize >= 1, `${training.epochs} epochs with batches of ${training.batchSize} rows.`);
  assertRows('training', job, job.train);
  assertRows('validation', job, job.validation);
}

function assertRows(name: string, { features, outputs, classWeights, model }: TrainingJob, rows: Rows): void {
  const { count, x, y, weight } = rows;
  expect(count > 0, `No ${name} rows.`);
  assertSamples(name, rows, { features, length: windowLength(model) });
  expect(y.length === count, `${y.length} labels for ${count} ${name} rows.`);
  expect(weight === undefined || weight.length === count, `${weight?.length} weights for ${count} ${name} rows.`);
  const badWeight = weight === undefined ? -1 : weight.findIndex((value) => !(value > 0 && value < Infinity));
  expect(badWeight === -1, `The weight of ${name} row ${badWeight} is ${weight?.[badWeight]}.`);
  const bad = firstNotFinite(x);
  expect(bad === -1, `Feature ${bad % features} of ${name} row ${Math.floor(bad / features)} is ${x[bad]}.`);
  if (outputs === 1) {
    const badLabel = firstNotFinite(y);
    expect(badLabel === -1, `The label of ${name} row ${badLabel} is ${y[badLabel]}.`);
    return;
  }
  let classWeight = 0;
  for (let i = 0; i < count; i++) {
    const label = y[i]!;
    expect(Number.isInteger(label) && label >= 0 && label < outputs, `Label ${label} of ${name} row ${i} is none of ${outputs} classes.`);
    classWeight += classWeights === null ? 1 : classWeights[label]!;
  }
  if (name === 'validation' && classWeight === 0) throw fail('VALIDATION_WITHOUT_TRAINED_CLASSES', { rows: count });
}

function expect(holds: boolean, message: string): void {
  if (!holds) throw new RangeError(message);
}
