import { createHash } from 'node:crypto';

/** SHA-256 of the bytes (text as UTF-8), 64 lower-case hex digits. */
export function sha256Hex(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}
