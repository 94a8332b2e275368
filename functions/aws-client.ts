/** Settings of every AWS client: a service that does not answer fails the call, and is asked again, long before the function's own time-out. */
export const AWS_CLIENT = { requestHandler: { connectionTimeout: 2_000, socketTimeout: 8_000 } } as const;
