import { ApiFault } from '../api/index.js';
import type { PageContext } from '../app/page.js';
import { element } from '../dom/element.js';
import { confirmed } from '../ui/dialog.js';
import { choice, field, passwordField } from '../ui/field.js';
import { actionForm, faultText, isGivenUp } from '../ui/form.js';
import { askForPassword } from './newPassword.js';
import { inOrder, roles, type UserActs, userRow } from './userRow.js';

/** Who may sign in: add, approve, disable, change the role, give a new password. */
export function userSection(context: PageContext): { readonly node: HTMLElement; readonly close: () => void } {
  const { api, say, user: self, waiting } = context;
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
    element('th', { scope: 'col' }, text === '' ? element('span', { class: 'only-read' }, 'Actions') : text),
  );
  const table = element('table', {}, element('thead', {}, element('tr', {}, ...head)), rows);
  const acts: UserActs = {
    changeRole: (who, next) => void change(who, { role: next }, `${who} is now ${next}, and signed out everywhere.`),
    approve: (who, as) =>
      void change(who, { approved: true, role: as }, `${who} may sign in now, as ${as}.`).then(() =>
        waiting?.refresh(),
      ),
    enable: (who) => void change(who, { disabled: false }, `${who} may sign in again.`),
    disable: (who) => void disable(who).then(() => waiting?.refresh()),
    givePassword: (who) => {
      askForPassword(who, context);
    },
  };
  void load();
  return {
    node: element(
      'section',
      {},
      element('h2', {}, 'Users'),
      element(
        'p',
        { class: 'muted' },
        'A submitter sends films and sees its own; a radiologist sees every film; an operator sends none.',
      ),
      form,
      status,
      element('div', { class: 'table-scroll' }, table),
    ),
    close: () => {
      stop.abort();
    },
  };

  async function load(): Promise<void> {
    try {
      const accounts = inOrder(await api.accounts(stop.signal));
      rows.replaceChildren(...accounts.map((account) => userRow(account, account.name === self.name, acts)));
    } catch (error) {
      if (!isGivenUp(error)) status.textContent = faultText(error);
    }
  }

  async function add(): Promise<void> {
    const wanted = { name: name.input.value, password: password.input.value, role: role.value() };
    try {
      const added = await api.addAccount(wanted);
      say(`User ${added.name} added.`);
    } catch (error) {
      if (error instanceof ApiFault && error.code === 'user-exists')
        throw new Error(`There is already a user called ${wanted.name}.`, { cause: error });
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
    const question = [
      `${who} will be signed out everywhere and can't sign in until enabled again.`,
      `What ${who} sent stays in the log.`,
    ].join(' ');
    if (await confirmed({ title: `Disable ${who}?`, question, act: 'Disable' }))
      await change(who, { disabled: true }, `${who} is disabled.`);
  }
}
