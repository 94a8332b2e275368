import { soak } from './soak.ts';
import { bundleTarget } from './targets/model.ts';

soak('bundle', bundleTarget, 5_000);
