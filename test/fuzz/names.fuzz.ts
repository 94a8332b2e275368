import { soak } from './soak.ts';
import { namesTarget } from './targets/names.ts';

soak(namesTarget.name, async () => namesTarget, 5_000);
