/** What is to be uploaded; its grant lets nothing else through. */
export interface UploadContent {
  readonly bytes: number;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
  readonly contentType: string;
}

/** Leave to send one object to the store past the API. */
export interface UploadGrant {
  readonly method: 'PUT';
  /** Absolute, or relative to the API's root, `/api/v1/`. */
  readonly url: string;
  /** To be sent as they are, beside Content-Length. */
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: Date;
}

/** The way of large objects into the store. Methods throw StorageError where the store cannot tell, or for what is no object key. */
export interface Uploads {
  /** SHA-256 of the object, 64 lower-case hex digits; null where there is none, or the store does not know it. */
  storedSha256(key: string): Promise<string | null>;
  /** Leave to put this very content at `key`, whatever is there now. */
  grant(key: string, content: UploadContent): Promise<UploadGrant>;
}
