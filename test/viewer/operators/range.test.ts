import t from 'tap';
import { daysWithin, instantsOf } from '../../../src/viewer/operators/range.js';

const now = Date.parse('2026-11-30T21:50:00.000Z');

t.test('the last 24 hours end now; the last days are whole ones, today included', (t) => {
  t.strictSame(instantsOf({ kind: 'last', hours: 24 }, now), {
    from: '2026-11-29T21:50:00.000Z',
    to: '2026-11-30T21:50:00.000Z',
  });
  t.strictSame(instantsOf({ kind: 'last', hours: 7 * 24 }, now), {
    from: '2026-11-24T00:00:00.000Z',
    to: '2026-12-01T00:00:00.000Z',
  });
  t.end();
});

t.test('days that are typed are UTC days, both within, as the statistics count them', (t) => {
  const range = instantsOf({ kind: 'days', from: '2026-11-01', to: '2026-11-30' }, now);
  t.strictSame(range, { from: '2026-11-01T00:00:00.000Z', to: '2026-12-01T00:00:00.000Z' });
  t.strictSame(daysWithin(range!), ['2026-11-01', '2026-11-30'], 'and are shown as they were typed');
  t.equal(instantsOf({ kind: 'days', from: '2026-11-02', to: '2026-11-01' }, now), undefined);
  t.equal(instantsOf({ kind: 'days', from: '', to: '2026-11-01' }, now), undefined);
  t.end();
});
