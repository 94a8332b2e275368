import { soak } from './soak.ts';
import { graphTarget } from './targets/model.ts';

soak('graph', graphTarget, 4_000);
