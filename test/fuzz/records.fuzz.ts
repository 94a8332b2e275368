import { soak } from './soak.ts';
import { recordsTarget } from './targets/records.ts';

soak(recordsTarget.name, async () => recordsTarget, 6_000);
