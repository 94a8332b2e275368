import { INDICATORS } from './registry.ts';
import { testIndicatorContract } from './testing/indicator-contract.ts';

INDICATORS.forEach(testIndicatorContract);
