import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { unlessMissing } from '../src/unlessMissing.js';

t.test('a missing file is undefined; a path through a file, or any other error, is thrown', async (t) => {
  const folder = t.testdir({ file: 'text' });
  t.equal(await readFile(join(folder, 'file'), 'utf8').catch(unlessMissing), 'text');
  t.equal(await readFile(join(folder, 'missing')).catch(unlessMissing), undefined);
  await t.rejects(readFile(folder).catch(unlessMissing), { code: 'EISDIR' });
  await t.rejects(readFile(join(folder, 'file', 'x')).catch(unlessMissing), { code: 'ENOTDIR' });
});
