import { soak } from './soak.ts';
import { namesTarget } from './targets/names.ts';

soak(namesTarget, 5_000);
