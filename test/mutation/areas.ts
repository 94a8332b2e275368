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
  // Not what only wires functions up (index.ts, aws-*.ts, lambda-step.ts): functions/bundles.test.ts runs it as it is built, in other processes.
  functions: {
    mutate: ['functions/{environment,frames,handlers,invoke-step,log,step-output}.ts', 'functions/{backtest,record,train}/handler.ts', 'functions/reconcile/{event,handler}.ts'],
    tests: ['functions/*.test.ts', 'functions/reconcile/*.test.ts'],
    withStatic: false,
  },
  adapters: { mutate: ['functions/adapters/*.ts'], tests: ['functions/adapters/*.test.ts'], withStatic: false },
  api: {
    mutate: ['functions/api/{app,body,default-strategy,errors,experiments,gateway-event,operation-view,strategy-refusal}.ts'],
    tests: ['functions/api/*.test.ts'],
    withStatic: false,
  },
};
