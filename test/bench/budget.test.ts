import { readFileSync } from 'node:fs';
import t from 'tap';
import { overBudget, parseBudget } from '../../bench/overBudget.js';

const text = readFileSync(new URL('../../bench/budget.json', import.meta.url), 'utf8');

t.test('a figure that is more than a quarter over its budget is named, one that is less is not', (t) => {
  const budget = parseBudget(text);
  t.strictSame(overBudget(budget, budget), []);
  t.strictSame(overBudget({ ...budget, rssMiB: budget.rssMiB * 1.24 }, budget), []);
  t.match(overBudget({ ...budget, rssMiB: budget.rssMiB * 1.26 }, budget), [/^rssMiB is \d/]);
  t.equal(overBudget({ ...budget, p50ToBare: Number.NaN }, budget).length, 1, 'what was not measured is no success');
  t.end();
});

t.test('a budget that lacks a figure, or has one that nobody measures, is refused', (t) => {
  const values = JSON.parse(text) as Record<string, number>;
  t.throws(() => parseBudget(JSON.stringify({ ...values, rssMiB: undefined })), { message: /no rssMiB/ });
  t.throws(() => parseBudget(JSON.stringify({ ...values, rssMiB: '700' })), { message: /no rssMiB/ });
  t.throws(() => parseBudget(JSON.stringify({ ...values, rssMb: 700 })), { message: /knows no rssMb/ });
  t.end();
});
