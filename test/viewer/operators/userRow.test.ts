import t from 'tap';
import type { Account } from '../../../src/viewer/api/index.js';
import { inOrder, stateText } from '../../../src/viewer/operators/userRow.js';

const account = (name: string, more: Partial<Account> = {}): Account => ({
  name,
  role: 'radiologist',
  disabled: false,
  awaitingApproval: false,
  createdAt: '2026-11-21T10:00:00.000Z',
  lastSeenAt: null,
  ...more,
});

t.test('users who wait for approval come first, then all by name', (t) => {
  const users = [
    account('c'),
    account('z', { awaitingApproval: true }),
    account('a'),
    account('b', { disabled: true }),
  ];
  t.strictSame(
    inOrder(users).map(({ name }) => name),
    ['z', 'a', 'b', 'c'],
  );
  t.end();
});

t.test('an account that waits for approval says so, even if it is disabled', (t) => {
  t.equal(stateText(account('a')), 'enabled');
  t.equal(stateText(account('a', { disabled: true })), 'disabled');
  t.equal(stateText(account('a', { disabled: true, awaitingApproval: true })), 'awaiting approval');
  t.end();
});
