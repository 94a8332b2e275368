import { expect, it } from 'vitest';
import { findLabeler, LABELERS } from './registry.ts';

it('finds every labeler by its source and nothing else', () => {
  for (const labeler of LABELERS) expect(findLabeler(labeler.source)).toBe(labeler);
  expect(findLabeler('foo')).toBeNull();
});
