/** Promise.withResolvers, which aws-local-stepfunctions uses and Node 20 lacks. */
function withResolvers<T>(this: PromiseConstructor) {
  let resolve!: (value: T | PromiseLike<T>) => void;
  let reject!: (reason?: unknown) => void;
  const promise = new this<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

/** Gives this Node what the state machine's interpreter needs; call before it is loaded. */
export function installPromiseWithResolvers(): void {
  if ('withResolvers' in Promise) return;
  Object.defineProperty(Promise, 'withResolvers', { configurable: true, writable: true, value: withResolvers });
}
