/** See `stampOf`. */
export type Stamp = string;
export const BUILDS: URL;
export const CURRENT: URL;
export function stampOf(path: string): Stamp;
export function currentBuild(): { readonly name: string; readonly sources: readonly (readonly [path: string, stamp: Stamp])[] } | undefined;
export function builtProgram(): string | undefined;
