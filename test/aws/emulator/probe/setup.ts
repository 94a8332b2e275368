import type { TestProject } from 'vitest/node';
import { startEmulator } from '../start.ts';
import { deployProbe, type Deployment } from './deploy.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly probe: Deployment & { readonly endpoint: string };
  }
}

/** One emulator and one stack for all probe files. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const emulator = await startEmulator();
  try {
    const stack = await deployProbe(emulator);
    project.provide('probe', { ...stack.deployment, endpoint: emulator.endpoint });
    return async () => {
      await emulator.stop();
      await stack.remove();
    };
  } catch (error) {
    await emulator.stop();
    throw error;
  }
}
