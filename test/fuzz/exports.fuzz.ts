import { soak } from './soak.ts';
import { exportsTarget } from './targets/bars.ts';

soak(exportsTarget.name, async () => exportsTarget, 10_000);
