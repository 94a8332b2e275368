import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { ApiError } from './errors.ts';
import { messageOf } from '../../shared/errors/message.ts';

const LARGEST_BODY_BYTES = 256 * 1024;
const DEEPEST_NESTING = 64;

const limited = bodyLimit({
  maxSize: LARGEST_BODY_BYTES,
  onError: () => {
    throw new ApiError(413, 'BODY_TOO_LARGE', 'The body is larger than 256 KB.', { limit_bytes: LARGEST_BODY_BYTES });
  },
});

/** Refuses bodies over 256 KB, whether or not they say how long they are. */
export const limitBody: MiddlewareHandler = async (c, next) => {
  // Only what it reads itself: what the request then comes to is not the body's doing.
  await whole(() => limited(c, () => Promise.resolve()));
  await next();
};

/**
 * Refuses JSON bodies that cannot be read, saying where, or are nested beyond reason. A body of nothing counts as none,
 * whatever its content type says.
 */
export const readableJson: MiddlewareHandler = async (c, next) => {
  const type = c.req.header('content-type');
  if (type !== undefined && /^application\/([a-z-.]+\+)?json/i.test(type)) {
    const text = decode(await whole(() => c.req.arrayBuffer()));
    if (text.trim() === '') {
      const headers = new Headers(c.req.raw.headers);
      headers.delete('content-type');
      c.req.raw = new Request(c.req.raw.url, { method: c.req.method, headers });
      c.req.bodyCache = {};
    } else {
      checkNesting(text);
      checkSyntax(text);
    }
  }
  await next();
};

/** A client may go away in the middle of its body: no fault of the server. */
async function whole<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(400, 'BODY_INTERRUPTED', 'The body broke off.', {}, { cause: error });
  }
}

function decode(body: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (error) {
    throw new ApiError(400, 'MALFORMED_JSON', 'The body is not UTF-8 text.', {}, { cause: error });
  }
}

function checkNesting(text: string): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (inString) {
      if (character === '\\') i++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '[' || character === '{') depth++;
    else if (character === ']' || character === '}') depth--;
    if (depth > DEEPEST_NESTING) {
      throw new ApiError(400, 'MALFORMED_JSON', `The body is nested deeper than ${DEEPEST_NESTING} levels at character ${i}.`);
    }
  }
}

function checkSyntax(text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    const reason = messageOf(error);
    throw new ApiError(400, 'MALFORMED_JSON', `The body is not JSON: ${reason}.`, {}, { cause: error });
  }
}
