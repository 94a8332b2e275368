/** An object as a listing shows it. */
export interface ObjectSummary {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
}

export interface PutOptions {
  /** Write only if no object has this key (S3's If-None-Match: *). */
  readonly ifNoneMatch?: boolean;
}

/** An object, and what it can be replaced by: S3's ETag. */
export interface VersionedObject {
  readonly bytes: Uint8Array;
  readonly version: string;
}

/** Whole objects by key, as S3 keeps them. Keys are `/`-separated paths; a write is all or nothing. */
export interface ObjectStore {
  /** The object's bytes, or null where no object has this key. Throws StorageError where the store cannot tell. */
  get(key: string): Promise<Uint8Array | null>;
  /** `exists` only with `ifNoneMatch`: the key was taken and nothing was written. Throws StorageError. */
  put(key: string, body: Uint8Array | string, options?: PutOptions): Promise<'written' | 'exists'>;
  /** The object with its version, or null where no object has this key. Throws StorageError. */
  getVersioned(key: string): Promise<VersionedObject | null>;
  /** Replaces the object if it still has this version (S3's If-Match); `changed` where it has another, or is gone. Throws StorageError. */
  replace(key: string, version: string, body: Uint8Array | string): Promise<'written' | 'changed'>;
  /** All objects whose key starts with `prefix`, by key ascending. Throws StorageError. */
  list(prefix: string): Promise<readonly ObjectSummary[]>;
  /** Removes the object; no error where there is none. Throws StorageError. */
  delete(key: string): Promise<void>;
}
