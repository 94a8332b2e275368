/** A part of the code whose tests are judged, and the tests that can see its mutants: those in whose own process it runs. */
interface Area {
  readonly mutate: readonly string[];
  readonly tests: readonly string[];
  /** Whether mutants of what runs when a module is loaded are tried: no coverage tells which tests see them, so each takes all tests of the area. */
  readonly withStatic: boolean;
}

/** What guards the one rule, area by area. */
export const AREAS: Readonly<Record<string, Area>> = {
  gates: { mutate: ['shared/gates/*.ts'], tests: ['shared/gates/*.test.ts'], withStatic: true },
  errors: { mutate: ['shared/errors/**/*.ts'], tests: ['shared/errors/*.test.ts'], withStatic: true },
  endings: {
    mutate: ['shared/research/{cancel,idempotency,list,reconcile,retry,settle,slots,start,status,step,strategy-source,sweep,trigger}.ts'],
    tests: ['shared/research/{cancel,list,reconcile,retry,settle,start,step,strategy-source,sweep,trigger}.test.ts', 'test/mutation/*.mutation.ts'],
    withStatic: false,
  },
  steps: {
    mutate: ['shared/research/{*-result,*-step,*-tables,artefacts,experiment,run-inputs,symbol-data,training-time}.ts'],
    tests: ['shared/research/{*-result,*-step,*-tables,experiment,steps,symbol-data,training-time}.test.ts', 'test/model/steps.test.ts'],
    withStatic: false,
  },
  functions: {
    mutate: [
      'functions/*.ts',
      'functions/{backtest,record,train,reconcile,adapters}/*.ts',
      'functions/api/{app,body,errors,failure-code,gateway-event,refusals,strategy-refusal}.ts',
    ],
    tests: ['functions/**/*.test.ts'],
    withStatic: false,
  },
};
