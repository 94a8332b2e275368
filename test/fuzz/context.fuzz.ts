import { soak } from './soak.ts';
import { contextTarget } from './targets/bars.ts';

soak(contextTarget.name, async () => contextTarget, 10_000);
