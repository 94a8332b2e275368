export { FAILURES } from './catalogue/index.ts';
export { asStepError, fail, isFailure, mayPass } from './fail.ts';
export * from './pipeline-error.ts';
