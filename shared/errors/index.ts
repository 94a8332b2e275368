export { FAILURES } from './catalogue/index.ts';
export { asStepError, fail } from './fail.ts';
export * from './pipeline-error.ts';
