import t from 'tap';
import { filterOf, isNarrowed, noFilter, noSearch, pathOf } from '../../../src/viewer/app/filmFilter.js';
import { orderAfter, sortedBy } from '../../../src/viewer/films/order.js';

t.test('a column head sorts descending at first, then ascending, and says which', (t) => {
  t.equal(orderAfter('score', ''), '-filmScore');
  t.equal(orderAfter('score', '-filmScore'), 'filmScore');
  t.equal(orderAfter('score', 'filmScore'), '-filmScore');
  t.equal(orderAfter('boxes', '-filmScore'), '-boxCount');
  t.equal(orderAfter('sent', ''), 'createdAt', 'the newest are first where nothing else is said');
  t.strictSame(
    (['sent', 'score', 'boxes'] as const).map((column) => sortedBy(column, '-filmScore')),
    ['none', 'descending', 'none'],
  );
  t.equal(sortedBy('sent', ''), 'descending');
  t.end();
});

t.test('an order is kept in the address, and hides no film', (t) => {
  const sorted = { ...noFilter, sort: '-boxCount' } as const;
  t.equal(pathOf(sorted), '/films?sort=-boxCount');
  t.strictSame(filterOf('?sort=-boxCount'), sorted);
  t.strictSame(filterOf('?sort=patientRef'), noFilter, 'an order that there is not');
  t.notOk(isNarrowed(sorted, noSearch));
  t.end();
});
