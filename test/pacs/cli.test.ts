import t from 'tap';
import { pacsCommand } from '../../src/cli/pacs.js';
import { openDatabase } from '../../src/database/index.js';
import { outcomeOf } from '../cli/runCommand.js';
import { embeddedFolder } from '../backends.js';
import { beside, filmOf, put } from './beside.js';

/** What an operator sees of films that failed, and has tried again, while the service runs. */

const run = (...words: string[]) => outcomeOf(pacsCommand(), words);

t.test('status and requeue', async (t) => {
  const dataDir = await embeddedFolder(t);
  Object.assign(process.env, { DATABASE_URL: '', DATA_DIR: dataDir });
  await (await openDatabase({ at: { dataDir } })).close();
  t.match(await run('status'), { code: 0, out: /^source +waiting/ }, 'no PACS was ever asked');
  t.match(await run('requeue', '--all'), { code: 0, err: /^0 films/ });

  // This process holds the folder from here on: the command line asks it.
  const place = await beside(t, { dataDir });
  for (const number of [1, 2]) put(place.pacs, filmOf(number));
  place.pacs.mischief = (step, _request, response) => (step === 'retrieve' ? response.writeHead(401).end() : undefined);
  for (let tries = 0; tries < 4; tries++) {
    await place.once();
    await place.hurry();
  }
  const { code, out } = await run('status');
  t.equal(code, 1, 'films that were given up need an operator');
  t.match(out, /^fake +0 +0 +0 +2 +0$/m);
  const ids = [...out.matchAll(/^(\S{36}) {2}fake {2}failed after 4 {2}unauthorised: The PACS answered 401/gm)];
  t.equal(ids.length, 2);
  t.notMatch(out, /1\.2\.\d\.|SECRET/);

  t.match(await run('requeue'), { code: 2 }, 'all of them must be asked for');
  t.match(await run('requeue', 'all'), { code: 2 });
  t.match(await run('requeue', '--all', ids[0]?.[1] ?? ''), { code: 2 });
  place.pacs.mischief = undefined;
  t.match(await run('requeue', ids[0]?.[1] ?? ''), { code: 0, err: /^1 films/ });
  t.same(await place.once(), ['findings']);
  t.match(await run('requeue', '--all'), { code: 0, err: /^1 films/ });
  t.same(await place.once(), ['findings']);
  t.match(JSON.parse((await run('status', '--json')).out), { sources: [{ done: 2, failed: 0 }], films: [] });
});

t.test('once and run say what is missing', async (t) => {
  Object.assign(process.env, { PACS_SOURCES: '' });
  t.match(await run('once'), { err: /PACS_SOURCES is missing/ });
});
