/** Writes and waits until the stream takes more. Throws the stream's error, e.g. EPIPE where the reader has closed the pipe. */
export async function write(stream: NodeJS.WriteStream, text: string | Uint8Array): Promise<void> {
  if (stream.errored) throw stream.errored;
  if (stream.write(text)) return;
  await new Promise<void>((resolve, reject) => {
    const settle = (outcome: () => void) => {
      stream.off('drain', onDrain);
      stream.off('error', onError);
      outcome();
    };
    const onDrain = () => settle(resolve);
    const onError = (error: Error) => settle(() => reject(error));
    stream.on('drain', onDrain);
    stream.on('error', onError);
  });
}

/** Waits until all that was written has left this process, the end of which would cut it off. A pipe that its reader has closed takes no more. */
export async function flush(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.errored) return;
  await new Promise<void>((resolve, reject) => {
    stream.write('', (error) => {
      if (error === undefined || error === null || isClosedPipe(error)) resolve();
      else reject(error);
    });
  });
}

/** Whether a reader has seen enough (`| head`) and closed the pipe: no failure. */
export function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}

/** Lets a closed pipe surface only in `write`, so that a command can still put things in order before it ends. */
export function outliveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (!isClosedPipe(error)) throw error;
    });
  }
}
