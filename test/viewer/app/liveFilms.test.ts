import t from 'tap';
import type { LoggedFilm } from '../../../src/viewer/api/index.js';
import { fits, LiveFilms } from '../../../src/viewer/app/liveFilms.js';

const film = (id: string, more: Partial<LoggedFilm> = {}): LoggedFilm => ({
  id,
  createdAt: '2026-11-21T10:00:00.000Z',
  state: 'findings',
  reason: null,
  model: { name: 'm', version: '1' },
  submitter: 'ris',
  filmScore: 0.5,
  boxCount: 1,
  latencyMs: 80,
  ...more,
});
const idsOf = ({ films }: LiveFilms) => films.map(({ id }) => id);

t.test('the tail begins with the log, and shows a film once, newest first', (t) => {
  const live = new LiveFilms();
  live.add([film('d')]);
  live.add([film('d'), film('b'), film('c')]);
  t.strictSame(idsOf(live), ['d', 'c', 'b']);
  t.end();
});

t.test('a paused tail stands still, and forgets nothing', (t) => {
  const live = new LiveFilms();
  live.add([film('a')]);
  live.halt();
  live.add([film('b')]);
  live.add([film('a'), film('b'), film('c')]);
  t.strictSame(idsOf(live), ['a']);
  t.equal(live.held, 2);
  live.goOn();
  t.strictSame(idsOf(live), ['c', 'b', 'a']);
  t.equal(live.held, 0);
  t.end();
});

t.test('it keeps the newest 200', (t) => {
  const live = new LiveFilms();
  live.add(Array.from({ length: 250 }, (_, i) => film(String(1000 + i))));
  t.equal(live.films.length, 200);
  t.equal(live.films[0]?.id, '1249');
  t.end();
});

t.test("it is filtered by state and by part of the sender's name", (t) => {
  const one = film('a', { state: 'not-analysed', submitter: 'Ward 3' });
  t.ok(fits(one, { state: '', submitter: '' }));
  t.ok(fits(one, { state: 'not-analysed', submitter: 'ward' }));
  t.notOk(fits(one, { state: 'findings', submitter: '' }));
  t.notOk(fits(one, { state: '', submitter: 'ris' }));
  t.end();
});
