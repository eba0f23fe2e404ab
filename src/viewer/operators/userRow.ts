import type { Account, Role } from '../api/index.js';
import { element } from '../dom/element.js';
import { dayOf, when } from '../ui/dates.js';

export const roles: readonly (readonly [Role, string])[] = [
  ['radiologist', 'radiologist'],
  ['submitter', 'submitter'],
  ['operator', 'operator'],
];

/** What an operator may do to an account. */
export interface UserActs {
  readonly changeRole: (name: string, role: Role) => void;
  readonly approve: (name: string) => void;
  readonly enable: (name: string) => void;
  readonly disable: (name: string) => void;
  readonly givePassword: (name: string) => void;
}

/** Accounts that wait for approval first, since they are why an operator looks here; then by name. */
export function inOrder(accounts: readonly Account[]): readonly Account[] {
  return accounts.toSorted(
    (a, b) => Number(b.awaitingApproval) - Number(a.awaitingApproval) || a.name.localeCompare(b.name),
  );
}

export function stateText({ awaitingApproval, disabled }: Account): string {
  if (awaitingApproval) return 'waits for approval';
  return disabled ? 'disabled' : 'enabled';
}

/** An account in the list of users. */
export function userRow(account: Account, isSelf: boolean, acts: UserActs): HTMLTableRowElement {
  const { name, awaitingApproval, disabled } = account;
  const button = (text: string, label: string, act: (name: string) => void, kind?: string): HTMLButtonElement => {
    const click = (): void => {
      act(name);
    };
    return element('button', { type: 'button', class: kind, 'aria-label': `${label} ${name}`, on: { click } }, text);
  };
  return element(
    'tr',
    { 'data-user': name },
    element('td', {}, name, isSelf && element('span', { class: 'muted' }, ' (you)')),
    element('td', {}, roleChoice(account, acts)),
    element('td', {}, element(awaitingApproval ? 'strong' : 'span', {}, stateText(account))),
    element('td', {}, account.lastSeenAt === null ? 'never' : when(account.lastSeenAt)),
    element('td', {}, dayOf(account.createdAt)),
    element(
      'td',
      { class: 'acts' },
      awaitingApproval && button('Approve', 'Approve', acts.approve, 'primary'),
      button('New password', 'New password for', acts.givePassword),
      disabled ? button('Enable', 'Enable', acts.enable) : button('Disable', 'Disable', acts.disable, 'danger'),
    ),
  );
}

function roleChoice({ name, role }: Account, { changeRole }: UserActs): HTMLSelectElement {
  const options = roles.map(([value, text]) => element('option', { value, selected: value === role }, text));
  const choice = element('select', { 'aria-label': `Role of ${name}` }, ...options);
  choice.addEventListener('change', () => {
    const next = roles.find(([value]) => value === choice.value)?.[0];
    // It shows the server's role until the server has accepted another.
    choice.value = role;
    if (next !== undefined) changeRole(name, next);
  });
  return choice;
}
