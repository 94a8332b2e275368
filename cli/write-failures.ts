import { writeFile } from 'node:fs/promises';
import { failuresDocument } from '../shared/errors/failures-document.ts';

await writeFile(new URL('../docs/failures.md', import.meta.url), failuresDocument());
