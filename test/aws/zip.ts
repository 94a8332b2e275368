import { crc32 } from 'node:zlib';

/** A zip file that holds one file, uncompressed (PKWARE's APPNOTE 6.3.10: local header, central directory, its end). */
export function zipOf(name: string, text: string): Uint8Array {
  const [path, content] = [Buffer.from(name), Buffer.from(text)];
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(content.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(path.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, path, content]);

  const madeOnUnix = Buffer.from([20, 3]);
  const rest = Buffer.alloc(14);
  // Attributes of Unix: a regular file that everyone may read.
  rest.writeUInt32LE((0o100644 << 16) >>> 0, 6);
  const central = Buffer.concat([Buffer.from('PK\x01\x02'), madeOnUnix, common, rest, path]);

  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, central, Buffer.from('PK\x05\x06'), end]);
}
