import { soak } from './soak.ts';
import { exportsTarget } from './targets/bars.ts';

soak(exportsTarget, 10_000);
