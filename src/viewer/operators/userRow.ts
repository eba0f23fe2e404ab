import type { Account, Role } from '../api/index.js';
import { element } from '../dom/element.js';
import { dayOf, when } from '../ui/dates.js';

/** Fewest rights first: the first role is the default. */
export const roles: readonly (readonly [Role, string])[] = [
  ['submitter', 'submitter'],
  ['radiologist', 'radiologist'],
  ['operator', 'operator'],
];

/** What an operator may do to an account. */
export interface UserActs {
  readonly changeRole: (name: string, role: Role) => void;
  readonly approve: (name: string, role: Role) => void;
  readonly enable: (name: string) => void;
  readonly disable: (name: string) => void;
  readonly givePassword: (name: string) => void;
}

/** Accounts that wait for approval come first, since operators look here for them; then by name. */
export function inOrder(accounts: readonly Account[]): readonly Account[] {
  return accounts.toSorted(
    (a, b) => Number(b.awaitingApproval) - Number(a.awaitingApproval) || a.name.localeCompare(b.name),
  );
}

export function stateText({ awaitingApproval, disabled }: Account): string {
  if (awaitingApproval) return 'awaiting approval';
  return disabled ? 'disabled' : 'enabled';
}

/**
 * An account in the list of users. A waiting account is approved with the role chosen beside “Approve”; until then the
 * choice changes nothing.
 */
export function userRow(account: Account, isSelf: boolean, acts: UserActs): HTMLTableRowElement {
  const { name, awaitingApproval, disabled } = account;
  const choice = roleChoice(account);
  const button = (text: string, label: string, click: () => void, kind?: string): HTMLButtonElement =>
    element('button', { type: 'button', class: kind, 'aria-label': `${label} ${name}`, on: { click } }, text);
  const approve = (): void => {
    acts.approve(name, roleOf(choice.value));
  };
  const act = (does: (name: string) => void) => () => {
    does(name);
  };
  if (!awaitingApproval)
    choice.addEventListener('change', () => {
      const next = roleOf(choice.value);
      // It shows the server's role until the server has accepted another.
      choice.value = account.role;
      acts.changeRole(name, next);
    });
  return element(
    'tr',
    { 'data-user': name, 'data-waits': awaitingApproval },
    element('td', {}, name, isSelf && element('span', { class: 'muted' }, ' (you)')),
    element('td', {}, awaitingApproval && element('span', { class: 'muted' }, 'approve as '), choice),
    element('td', {}, element(awaitingApproval ? 'strong' : 'span', {}, stateText(account))),
    element('td', {}, account.lastSeenAt === null ? 'never' : when(account.lastSeenAt)),
    element('td', {}, dayOf(account.createdAt)),
    element(
      'td',
      { class: 'acts' },
      awaitingApproval && button('Approve', 'Approve', approve, 'primary'),
      button('New password', 'New password for', act(acts.givePassword)),
      disabled
        ? button('Enable', 'Enable', act(acts.enable))
        : button('Disable', 'Disable', act(acts.disable), 'danger'),
    ),
  );
}

function roleChoice({ name, role, awaitingApproval }: Account): HTMLSelectElement {
  // Older servers gave every requested account the role radiologist.
  const chosen = awaitingApproval ? roles[0]?.[0] : role;
  const options = roles.map(([value]) => element('option', { value, selected: value === chosen }, value));
  return element('select', { 'aria-label': `Role of ${name}` }, ...options);
}

function roleOf(value: string): Role {
  return roles.find(([role]) => role === value)?.[0] ?? 'submitter';
}
