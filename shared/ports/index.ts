import type { ObjectStore } from './object-store.ts';
import type { OperationStore } from './operation-store.ts';

export type { Announcements, OperationFailure } from './announcements.ts';
export type { ObjectStore, ObjectSummary, PutOptions, VersionedObject } from './object-store.ts';
export type { Claim, OperationChange, OperationQuery, OperationStore } from './operation-store.ts';
export type { UploadContent, UploadGrant, Uploads } from './uploads.ts';
export type { Execution, Workflows } from './workflows.ts';

/** What every step of the cycle needs from the outside. */
export interface Ports {
  readonly objects: ObjectStore;
  readonly operations: OperationStore;
  /** The time now. */
  readonly now: () => Date;
}
