import t from 'tap';
import { ApiFault, type Api, type DetectionList, type ListItem } from '../../../src/viewer/api/index.js';
import type { ListedFilms } from '../../../src/viewer/app/listInTab.js';
import { readReport } from '../../../src/viewer/api/answers.js';
import { FilmList } from '../../../src/viewer/films/filmList.js';
import { listCommands } from '../../../src/viewer/films/listCommands.js';
import { listFault, listStatus, newFilms } from '../../../src/viewer/films/listStatus.js';

/** What the list holds after each answer, whatever order answers come in. */

const film = (id: string): ListItem => ({
  ...readReport({ id, createdAt: '2026-11-21T10:00:00.000Z' }),
  boxCount: null,
  film: { status: 'kept', sha256: 'ab', expiresAt: null },
});
const answerOf = (
  ids: readonly string[],
  nextCursor: string | null,
  { total, position }: { readonly total?: number; readonly position?: number } = {},
): DetectionList => ({ items: ids.map(film), nextCursor, total, position });

type Query = Parameters<Api['detections']>[0];

/** A list over a server that the test answers for, call by call. */
function listed(left?: ListedFilms) {
  const calls: {
    readonly query: Query;
    readonly answer: (list: DetectionList) => void;
    readonly fail: (fault: Error) => void;
  }[] = [];
  const list = new FilmList(
    {
      detections: (query, signal) =>
        new Promise((answer, fail) => {
          calls.push({ query, answer, fail });
          signal?.addEventListener('abort', () => {
            fail(new DOMException('given up', 'AbortError'));
          });
        }),
    },
    left,
  );
  return { list, calls, ids: () => list.items.map(({ id }) => id) };
}

t.test('older films are added below, from where the list ended', async (t) => {
  const { list, calls, ids } = listed();
  const newest = list.load('newest', { state: 'findings' });
  calls[0]!.answer(answerOf(['c', 'b'], 'after b'));
  await newest;
  t.ok(list.hasOlder);
  const older = list.load('older', { state: 'findings' });
  calls[1]!.answer(answerOf(['a'], null));
  t.strictSame(
    (await older)?.map(({ id }) => id),
    ['a'],
  );
  t.strictSame(ids(), ['c', 'b', 'a']);
  t.notOk(list.hasOlder);
  t.match(calls[1]!.query, { state: 'findings', cursor: 'after b' });
});

t.test('the newest films take the place of all that was listed', async (t) => {
  const { list, calls, ids } = listed();
  for (const id of ['a', 'b']) {
    const loading = list.load('newest', {});
    calls.at(-1)!.answer(answerOf([id], 'more'));
    await loading;
  }
  t.strictSame(ids(), ['b']);
  t.equal(calls[1]!.query.cursor, undefined);
});

t.test('an answer that comes too late is dropped', async (t) => {
  const { list, calls, ids } = listed();
  const first = list.load('newest', { state: 'findings' });
  const second = list.load('newest', {});
  calls[1]!.answer(answerOf(['new'], null));
  calls[0]!.answer(answerOf(['late'], null));
  t.equal(await first, undefined);
  await second;
  t.strictSame(ids(), ['new']);
  const closed = list.load('newest', {});
  list.close();
  t.equal(await closed, undefined);
});

t.test('a refusal leaves the list as it was', async (t) => {
  const { list, calls, ids } = listed();
  const loading = list.load('newest', {});
  calls[0]!.answer(answerOf(['a'], null));
  await loading;
  const refused = list.load('newest', { sha256: 'no hash' });
  calls[1]!.fail(new ApiFault({ status: 400, code: 'bad-parameter', detail: 'sha256 is 64 hex digits.' }));
  await t.rejects(refused, { code: 'bad-parameter' });
  t.strictSame(ids(), ['a']);
});

t.test('new films are announced, and put on top only on request', async (t) => {
  const { list, calls, ids } = listed();
  const loading = list.load('newest', { state: 'findings' }, '-createdAt');
  calls[0]!.answer(answerOf(['c', 'b'], 'after b', { total: 7, position: 40 }));
  await loading;
  t.match(calls[0]!.query, { count: true, sort: '-createdAt' });
  t.equal(list.total, 7);

  const looking = list.look({ state: 'findings' });
  t.match(calls[1]!.query, { state: 'findings', after: 40 }, 'from where the list was read');
  t.notOk('sort' in calls[1]!.query);
  // Committed in another order than they were sent, and one of them is listed already.
  calls[1]!.answer(answerOf(['e', 'd', 'c'], null, { position: 43 }));
  t.ok(await looking);
  t.strictSame(ids(), ['c', 'b'], 'the rows stay where they are');
  t.strictSame(
    list.newer.map(({ id }) => id),
    ['e', 'd'],
  );

  const again = list.look({ state: 'findings' });
  t.equal(calls[2]!.query.after, 43);
  calls[2]!.answer(answerOf([], null, { position: 43 }));
  t.notOk(await again, 'nothing more');
  list.takeIn();
  t.strictSame(ids(), ['e', 'd', 'c', 'b']);
  t.equal(list.total, 9);
  t.strictSame(list.newer, []);
  const older = list.load('older', {});
  t.equal(calls[3]!.query.cursor, 'after b', 'and the list goes on below');
  calls[3]!.answer(answerOf(['a'], null));
  await older;
  t.strictSame(ids(), ['e', 'd', 'c', 'b', 'a']);
});

t.test('a reloaded list forgets the new films of the list before', async (t) => {
  const { list, calls } = listed();
  const loading = list.load('newest', {});
  calls[0]!.answer(answerOf(['a'], null, { position: 1 }));
  await loading;
  const looking = list.look({});
  const anew = list.load('newest', { state: 'findings' });
  calls[1]!.answer(answerOf(['b'], null, { position: 2 }));
  t.notOk(await looking);
  calls[2]!.answer(answerOf([], null, { position: 2 }));
  await anew;
  t.strictSame(list.newer, []);
});

t.test('a list is as it was left: its rows, where it goes on, and what came since', async (t) => {
  const before = listed();
  const loading = before.list.load('newest', {});
  before.calls[0]!.answer(answerOf(['c', 'b'], 'after b', { total: 3, position: 9 }));
  await loading;
  const came = before.list.look({});
  before.calls[1]!.answer(answerOf(['cc'], null, { position: 9 }));
  await came;
  before.list.close();
  const { list, calls, ids } = listed(before.list.listed);
  t.strictSame(ids(), ['c', 'b'], 'without asking');
  t.equal(calls.length, 0);
  t.equal(list.total, 3);
  t.strictSame(
    list.newer.map(({ id }) => id),
    ['cc'],
    'nor is a film forgotten that came before it was left',
  );
  const looking = list.look({});
  t.equal(calls[0]!.query.after, 9);
  calls[0]!.answer(answerOf(['d'], null, { position: 10 }));
  t.ok(await looking);
  const older = list.load('older', {});
  t.equal(calls[1]!.query.cursor, 'after b');
  calls[1]!.answer(answerOf(['a'], null));
  await older;
  t.strictSame(ids(), ['c', 'b', 'a']);
});

t.test('the status says how many films there are, or why there is none', (t) => {
  const plain = { hasOlder: false, narrowed: false, role: 'radiologist' } as const;
  t.equal(listStatus(1, plain), '1 film');
  t.equal(listStatus(2, plain), '2 films');
  t.equal(listStatus(50, { ...plain, hasOlder: true }), 'The newest 50 films');
  t.equal(listStatus(50, { ...plain, hasOlder: true, total: 5012 }), '50 of 5,012 films');
  t.equal(listStatus(1200, { ...plain, total: 1200 }), '1,200 films');
  t.equal(
    listStatus(50, { ...plain, hasOlder: true, sort: '-filmScore' }),
    'The first 50 films',
    'where counting takes long',
  );
  t.equal(newFilms(1), '1 new film');
  t.equal(newFilms(3), '3 new films');
  t.match(listStatus(0, { ...plain, narrowed: true }), 'No film matches.');
  t.match(listStatus(0, plain), 'Drop one');
  t.notMatch(listStatus(0, { ...plain, role: 'operator' }), 'Drop one', 'operators send none');
  const fault = (code: string) => new ApiFault({ status: 400, code, detail: 'Too short.' });
  t.equal(listFault(fault('bad-parameter')), "Can't search for this: Too short.");
  t.equal(listFault(fault('internal')), 'Too short.');
  t.end();
});

t.test('only users who send films have a key for it', (t) => {
  const acts = { search: () => undefined, step: () => undefined, refresh: () => undefined };
  t.notOk(listCommands(acts).some(({ keys }) => keys.includes('u')));
  t.ok(listCommands({ ...acts, send: () => undefined }).some(({ keys }) => keys.includes('u')));
  t.end();
});
