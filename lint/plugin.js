/** Rules for oxlint that hold the one rule: what fails is heard. */
import { checkedIndex } from './rules/checked-index.js';
import { noMadeUpValue } from './rules/no-made-up-value.js';
import { noSwallowedError } from './rules/no-swallowed-error.js';
import { reasonInPlace } from './rules/reason-in-place.js';

export default {
  meta: { name: 'loud' },
  rules: {
    'checked-index': checkedIndex,
    'no-made-up-value': noMadeUpValue,
    'no-swallowed-error': noSwallowedError,
    'reason-in-place': reasonInPlace,
  },
};
