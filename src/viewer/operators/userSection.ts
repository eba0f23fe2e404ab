import { type Account, ApiFault, type Role } from '../api/index.js';
import { element } from '../dom/element.js';
import { dayOf, when } from '../ui/dates.js';
import type { PageContext } from '../app/page.js';
import { confirmed, openDialog } from '../ui/dialog.js';
import { choice, field, passwordField } from '../ui/field.js';
import { actionForm, faultText, isGivenUp } from '../ui/form.js';

const roles: readonly (readonly [Role, string])[] = [
  ['radiologist', 'radiologist'],
  ['submitter', 'submitter'],
  ['operator', 'operator'],
];

/** Who may sign in: add, approve, disable, change the role, give a new password. */
export function userSection({ api, say, user: self }: PageContext): {
  readonly node: HTMLElement;
  readonly close: () => void;
} {
  const stop = new AbortController();
  const rows = element('tbody', {});
  const status = element('p', { role: 'status' });
  const name = field('Name', { required: true, maxlength: 128, autocomplete: 'off', autocapitalize: 'none' });
  const password = passwordField('Password', {
    autocomplete: 'new-password',
    minlength: 12,
    hint: 'At least 12 characters.',
  });
  const role = choice('Role', roles);
  const form = actionForm({ act: 'Add user', class: 'in-row', submit: add }, name.row, password.row, role.row);
  const head = ['Name', 'Role', 'State', 'Last seen', 'Since', ''].map((text) =>
    element('th', { scope: 'col' }, text === '' ? element('span', { class: 'only-read' }, 'Act') : text),
  );
  const node = element(
    'section',
    {},
    element('h2', {}, 'Users'),
    form,
    status,
    element(
      'div',
      { class: 'table-scroll' },
      element('table', {}, element('thead', {}, element('tr', {}, ...head)), rows),
    ),
  );
  void load();
  return {
    node,
    close: () => {
      stop.abort();
    },
  };

  async function load(): Promise<void> {
    try {
      const accounts = await api.accounts(stop.signal);
      // Those who wait come first: they are why an operator looks here.
      const ordered = accounts.toSorted(
        (a, b) => Number(b.awaitingApproval) - Number(a.awaitingApproval) || a.name.localeCompare(b.name),
      );
      rows.replaceChildren(...ordered.map(row));
    } catch (error) {
      if (!isGivenUp(error)) status.textContent = faultText(error);
    }
  }

  function row(account: Account): HTMLTableRowElement {
    const { name: who, awaitingApproval, disabled } = account;
    const roleChoice = element(
      'select',
      { 'aria-label': `Role of ${who}` },
      ...roles.map(([value, text]) => element('option', { value, selected: value === account.role }, text)),
    );
    roleChoice.addEventListener('change', () => {
      const next = roles.find(([value]) => value === roleChoice.value)?.[0];
      // What the server has stands there until it has another.
      roleChoice.value = account.role;
      if (next !== undefined) void change(who, { role: next }, `${who} is ${next} now, and signed out everywhere.`);
    });
    const act = (text: string, label: string, click: () => void, kind = ''): HTMLButtonElement =>
      element('button', { type: 'button', class: kind, 'aria-label': `${label} ${who}`, on: { click } }, text);
    return element(
      'tr',
      { 'data-user': who },
      element('td', {}, who, who === self.name && element('span', { class: 'muted' }, ' (you)')),
      element('td', {}, roleChoice),
      element(
        'td',
        {},
        awaitingApproval ? element('strong', {}, 'waits for approval') : disabled ? 'disabled' : 'enabled',
      ),
      element('td', {}, account.lastSeenAt === null ? 'never' : when(account.lastSeenAt)),
      element('td', {}, dayOf(account.createdAt)),
      element(
        'td',
        { class: 'acts' },
        awaitingApproval &&
          act(
            'Approve',
            'Approve',
            () => {
              void change(who, { approved: true }, `${who} may sign in now.`);
            },
            'primary',
          ),
        act('New password', 'New password for', () => {
          givePassword(who);
        }),
        disabled
          ? act('Enable', 'Enable', () => {
              void change(who, { disabled: false }, `${who} may sign in again.`);
            })
          : act(
              'Disable',
              'Disable',
              () => {
                void disable(who);
              },
              'danger',
            ),
      ),
    );
  }

  async function add(): Promise<void> {
    try {
      const added = await api.addAccount({
        name: name.input.value,
        password: password.input.value,
        role: role.value(),
      });
      say(`${added.name} is added.`);
    } catch (error) {
      if (error instanceof ApiFault && error.code === 'user-exists')
        throw new Error(`There is a user of the name ${name.input.value}.`, { cause: error });
      throw error;
    }
    form.reset();
    await load();
  }

  async function change(who: string, what: Parameters<typeof api.changeAccount>[1], done: string): Promise<void> {
    try {
      await api.changeAccount(who, what);
      say(done);
    } catch (error) {
      say(`Not changed: ${faultText(error)}`);
    }
    await load();
  }

  async function disable(who: string): Promise<void> {
    const question = `${who} is signed out everywhere and can’t sign in until enabled again. What ${who} sent stays in the log.`;
    if (await confirmed({ title: `Disable ${who}?`, question, act: 'Disable' }))
      await change(who, { disabled: true }, `${who} is disabled.`);
  }

  function givePassword(who: string): void {
    const next = passwordField('New password', {
      autocomplete: 'new-password',
      minlength: 12,
      hint: `At least 12 characters. ${who} is signed out everywhere.`,
    });
    const dialog = openDialog(
      { title: `New password for ${who}` },
      actionForm(
        {
          act: 'Set password',
          submit: async () => {
            await api.changeAccount(who, { password: next.input.value });
            dialog.close();
            say(`${who} has a new password.`);
          },
        },
        next.row,
      ),
      element(
        'p',
        {},
        element(
          'button',
          {
            type: 'button',
            on: {
              click: () => {
                dialog.close();
              },
            },
          },
          'Cancel',
        ),
      ),
    );
    next.input.focus();
  }
}
