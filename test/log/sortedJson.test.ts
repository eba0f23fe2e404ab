import fc from 'fast-check';
import t from 'tap';
import { sortedJson } from '../../src/log/chain.js';

/** As the first version hashed candidates: the hashes of old rows rest on it. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, inner]) => [key, sorted(inner)]));
}

t.test('candidates are written as the rows of every version were hashed', (t) => {
  t.equal(sortedJson({ b: 1, a: [{ d: null, c: 'ü"' }] }), '{"a":[{"c":"ü\\"","d":null}],"b":1}');
  t.equal(sortedJson({ '10': 1, b: 2, '9': 3 }), '{"9":3,"10":1,"b":2}', 'classes named by numbers');
  t.equal(sortedJson({ a: undefined, b: [undefined, NaN] }), '{"b":[null,null]}');
  fc.assert(
    fc.property(fc.jsonValue(), (value) => sortedJson(value) === JSON.stringify(sorted(value))),
    { seed: 3, numRuns: 500 },
  );
  t.end();
});
