import { expect, test } from 'vitest';
import { dataArgument, placeArguments } from './options.ts';

test.each([
  ['the folder that is meant without any', './memory', ''],
  ['the same by another name', 'memory/', ''],
  ['another folder', '/srv/other', ' --memory /srv/other'],
  ['a folder with a space and a quote', "it's here", String.raw` --memory 'it'\''s here'`],
])('%s is named to other commands as the shell takes it', (_, memory, placed) => {
  expect(placeArguments({ memory })).toBe(placed);
});

test.each([
  ['./data', ''],
  ['data/', ''],
  [null, ''],
  ['/srv/other data', " --data '/srv/other data'"],
])('the folder of market data, %s, is named to other commands where they would look elsewhere', (data, argument) => {
  expect(dataArgument(data)).toBe(argument);
});
