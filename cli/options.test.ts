import { expect, test } from 'vitest';
import { placeArguments } from './options.ts';

test.each([
  ['the folder that is meant without any', './memory', ''],
  ['the same by another name', 'memory/', ''],
  ['another folder', '/srv/other', ' --memory /srv/other'],
  ['a folder with a space and a quote', "it's here", String.raw` --memory 'it'\''s here'`],
])('%s is named to other commands as the shell takes it', (_, memory, placed) => {
  expect(placeArguments({ memory })).toBe(placed);
});
