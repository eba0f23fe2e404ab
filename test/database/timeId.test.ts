import t from 'tap';
import { timeIds, timeOfId } from '../../src/database/index.js';

const start = Date.UTC(2026, 0, 31, 10);
const minute = 60_000;
const day = 24 * 60 * minute;

t.test('ids have the time of the clock, and come in order within a millisecond', (t) => {
  let time = start;
  const newId = timeIds({ now: () => time });
  const ids = Array.from({ length: 1000 }, (_, i) => {
    time = start + Math.floor(i / 100);
    return newId();
  });
  t.strictSame(ids.toSorted(), ids);
  t.equal(new Set(ids).size, 1000);
  t.equal(timeOfId(ids[0]!).getTime(), start);
  t.equal(timeOfId(ids[999]!).getTime(), start + 9);
  t.end();
});

t.test('a clock that is put right takes the ids back with it, and says so', (t) => {
  let time = start + 40 * day;
  const setBacks: number[] = [];
  const newId = timeIds({ now: () => time, onSetBack: (ms) => setBacks.push(ms) });
  newId();
  time = start;
  t.equal(timeOfId(newId()).getTime(), start, 'createdAt is the time, not the time of the wrong clock');
  time = start + minute;
  t.equal(timeOfId(newId()).getTime(), start + minute);
  t.strictSame(setBacks, [40 * day], 'once');
  t.end();
});

t.test('a step back of a second is smoothed: ids stay in order', (t) => {
  let time = start;
  const setBacks: number[] = [];
  const newId = timeIds({ now: () => time, onSetBack: (ms) => setBacks.push(ms) });
  const first = newId();
  time = start - 1000;
  const second = newId();
  t.ok(first < second);
  t.equal(timeOfId(second).getTime(), start);
  time = start + 1;
  t.equal(timeOfId(newId()).getTime(), start + 1);
  t.strictSame(setBacks, []);
  t.end();
});
