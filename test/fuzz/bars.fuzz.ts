import { soak } from './soak.ts';
import { barsTarget } from './targets/bars.ts';

soak(barsTarget, 15_000);
