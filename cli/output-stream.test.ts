import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { flush } from './output-stream.ts';

/** A stream whose reader is slow: nothing is taken before `read` is called. */
function slowlyRead() {
  const waiting: ((error?: Error) => void)[] = [];
  const taken: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(text: string, _, done) {
      waiting.push((error) => {
        taken.push(text);
        done(error);
      });
    },
  }) as unknown as NodeJS.WriteStream;
  stream.on('error', () => {});
  return { stream, taken, read: (error?: Error) => waiting.shift()?.(error) };
}

describe('the end of a process waits', () => {
  test('until the reader has taken the last of what was written', async () => {
    const { stream, taken, read } = slowlyRead();
    stream.write('first');
    stream.write('last');
    const order: string[] = [];
    const ended = (async () => {
      await flush(stream);
      order.push('ended');
    })();
    read();
    await new Promise(setImmediate);
    order.push(...taken, 'read on');
    for (const _ of ['last', 'the end']) {
      read();
      await new Promise(setImmediate);
    }
    await ended;
    expect(order).toEqual(['first', 'read on', 'ended']);
    expect(taken.slice(0, 2)).toEqual(['first', 'last']);
  });

  test('not for a reader that has closed its pipe', async () => {
    const { stream, read } = slowlyRead();
    stream.write('text');
    const flushed = flush(stream);
    read(Object.assign(new Error('broken pipe'), { code: 'EPIPE' }));
    await expect(flushed).resolves.toBeUndefined();
  });

  test('and fails where what was written could not be stored', async () => {
    const { stream, read } = slowlyRead();
    stream.write('text');
    const flushed = flush(stream);
    read(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }));
    await expect(flushed).rejects.toThrow('no space left');
  });
});
