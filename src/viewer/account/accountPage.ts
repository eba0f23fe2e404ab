import { ApiFault } from '../api/index.js';
import { element } from '../dom/element.js';
import type { Page, PageContext } from '../app/page.js';
import { passwordField } from '../ui/field.js';
import { actionForm } from '../ui/form.js';
import { tokenSection } from './tokenSection.js';

/** The user's own password and tokens. */
export function accountPage(host: HTMLElement, context: PageContext): Page {
  const { user } = context;
  const tokens = tokenSection(context, { everybody: false });
  host.append(
    element(
      'div',
      { class: 'sheet' },
      element('h1', {}, 'Account'),
      element('p', {}, 'Signed in as ', element('strong', {}, user.name), `, ${user.role}.`),
      passwordSection(context),
      tokens.node,
    ),
  );
  return { title: 'Account', close: tokens.close };
}

function passwordSection({ api, say }: PageContext): HTMLElement {
  const current = passwordField('Current password', { autocomplete: 'current-password' });
  const next = passwordField('New password', {
    autocomplete: 'new-password',
    minlength: 12,
    hint: 'At least 12 characters.',
  });
  const form = actionForm({ act: 'Change password', submit }, current.row, next.row);
  return element('section', {}, element('h2', {}, 'Password'), form);

  async function submit(): Promise<void> {
    try {
      await api.changePassword(current.input.value, next.input.value);
    } catch (error) {
      if (error instanceof ApiFault && error.code === 'wrong-password') {
        current.input.select();
        throw new Error('The current password is wrong.', { cause: error });
      }
      throw error;
    }
    form.reset();
    say('Password changed. Your other sessions have ended.');
  }
}
