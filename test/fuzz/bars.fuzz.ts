import { soak } from './soak.ts';
import { barsTarget } from './targets/bars.ts';

soak(barsTarget.name, async () => barsTarget, 15_000);
