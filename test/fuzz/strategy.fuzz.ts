import { soak } from './soak.ts';
import { strategyTarget } from './targets/strategy.ts';

soak(strategyTarget.name, async () => strategyTarget, 12_000);
