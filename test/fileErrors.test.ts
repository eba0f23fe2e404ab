import { link, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { unlessMissing, unlessPresent } from '../src/fileErrors.js';

t.test('a missing file is undefined; a path through a file, or any other error, is thrown', async (t) => {
  const folder = t.testdir({ file: 'text' });
  t.equal(await readFile(join(folder, 'file'), 'utf8').catch(unlessMissing), 'text');
  t.equal(await readFile(join(folder, 'missing')).catch(unlessMissing), undefined);
  await t.rejects(readFile(folder).catch(unlessMissing), { code: 'EISDIR' });
  await t.rejects(readFile(join(folder, 'file', 'x')).catch(unlessMissing), { code: 'ENOTDIR' });
});

t.test('a link to a name that is taken is undefined; any other error is thrown', async (t) => {
  const folder = t.testdir({ first: '1', second: '2' });
  t.equal(await link(join(folder, 'first'), join(folder, 'second')).catch(unlessPresent), undefined);
  t.equal(await readFile(join(folder, 'second'), 'utf8'), '2');
  await t.rejects(link(join(folder, 'missing'), join(folder, 'third')).catch(unlessPresent), { code: 'ENOENT' });
});
