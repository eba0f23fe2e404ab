import t from 'tap';
import { itemsOf } from '../../../src/viewer/api/pages.js';

const pages = [
  { items: [1, 2], nextCursor: 'a' },
  { items: [3, 4], nextCursor: 'b' },
  { items: [5], nextCursor: null },
];

function reading() {
  const asked: (string | undefined)[] = [];
  const read = ({ cursor }: { readonly cursor?: string }) => {
    asked.push(cursor);
    const page = pages[asked.length - 1];
    return page === undefined ? Promise.reject(new Error('there is no such page')) : Promise.resolve(page);
  };
  return { asked, read };
}

t.test('a list is read to its end, or until there is enough of it', async (t) => {
  const all = reading();
  t.strictSame(await itemsOf(all.read), [1, 2, 3, 4, 5]);
  t.strictSame(all.asked, [undefined, 'a', 'b']);
  const some = reading();
  t.strictSame(await itemsOf(some.read, 3), [1, 2, 3, 4]);
  t.strictSame(some.asked, [undefined, 'a']);
});
