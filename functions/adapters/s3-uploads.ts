import { HeadObjectCommand, NotFound, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { fail } from '../../shared/errors/index.ts';
import { assertObjectKey } from '../../shared/memory/keys.ts';
import type { UploadContent, UploadGrant, Uploads } from '../../shared/ports/index.ts';
import { reasonOf } from './reason.ts';

const CHECKSUM_HEADER = 'x-amz-checksum-sha256';

/** A grant is for the request that follows; S3 looks at the time when that begins. */
const LIFETIME_SECONDS = 300;

/**
 * Uploads to one S3 bucket by presigned PUT. Length, type and SHA-256 of the content are part of the signature, and S3 refuses a body that is
 * not of that SHA-256. Needs s3:PutObject on the keys, and s3:GetObject for their checksums.
 */
export class S3Uploads implements Uploads {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #now: () => Date;

  constructor(client: S3Client, bucket: string, now: () => Date) {
    this.#client = client;
    this.#bucket = bucket;
    this.#now = now;
  }

  /** Known of objects that were uploaded by a grant, or by anyone else with a SHA-256 of the whole. */
  async storedSha256(key: string): Promise<string | null> {
    assertObjectKey(key);
    try {
      const { ChecksumSHA256: checksum } = await this.#client.send(new HeadObjectCommand({ Bucket: this.#bucket, Key: key, ChecksumMode: 'ENABLED' }));
      return checksum === undefined ? null : hexOf(checksum);
    } catch (error) {
      if (error instanceof NotFound) return null;
      throw fail('OBJECT_READ_FAILED', { key, reason: reasonOf(error) }, error);
    }
  }

  async grant(key: string, { bytes, sha256, contentType }: UploadContent): Promise<UploadGrant> {
    assertObjectKey(key);
    const checksum = Buffer.from(sha256, 'hex').toString('base64');
    const put = new PutObjectCommand({ Bucket: this.#bucket, Key: key, ContentLength: bytes, ContentType: contentType, ChecksumSHA256: checksum });
    const signingDate = this.#now();
    try {
      const url = await getSignedUrl(this.#client, put, {
        expiresIn: LIFETIME_SECONDS,
        signingDate,
        signableHeaders: new Set(['content-type']),
        // As a query parameter it would be signed, but S3 would not hold the body against it.
        unhoistableHeaders: new Set([CHECKSUM_HEADER]),
      });
      return {
        method: 'PUT',
        url,
        headers: { 'content-type': contentType, [CHECKSUM_HEADER]: checksum },
        expiresAt: new Date(signingDate.getTime() + LIFETIME_SECONDS * 1000),
      };
    } catch (error) {
      throw fail('OBJECT_WRITE_FAILED', { key, reason: reasonOf(error) }, error);
    }
  }
}

/** Null for the checksum of an object of several parts (`<base64>-<parts>`), which is none of its bytes. */
function hexOf(checksum: string): string | null {
  return checksum.includes('-') ? null : Buffer.from(checksum, 'base64').toString('hex');
}
