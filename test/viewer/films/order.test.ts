import t from 'tap';
import { filterOf, isNarrowed, noFilter, noSearch, pathOf } from '../../../src/viewer/app/filmFilter.js';
import { orderAfter, sortedBy } from '../../../src/viewer/films/order.js';

t.test('the head of a column orders downwards at first, then upwards, and says which', (t) => {
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

t.test('an order stands in the address, and leaves no film out', (t) => {
  const sorted = { ...noFilter, sort: '-boxCount' } as const;
  t.equal(pathOf(sorted), '/films?sort=-boxCount');
  t.strictSame(filterOf('?sort=-boxCount'), sorted);
  t.strictSame(filterOf('?sort=patientRef'), noFilter, 'an order that there is not');
  t.notOk(isNarrowed(sorted, noSearch));
  t.end();
});
