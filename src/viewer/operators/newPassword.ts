import type { PageContext } from '../app/page.js';
import { openDialog } from '../ui/dialog.js';
import { passwordField } from '../ui/field.js';
import { actionForm } from '../ui/form.js';

/** Asks an operator for a user's new password, and sets it. */
export function askForPassword(name: string, { api, say }: Pick<PageContext, 'api' | 'say'>): void {
  const next = passwordField('New password', {
    autocomplete: 'new-password',
    minlength: 12,
    hint: `At least 12 characters. ${name} is signed out everywhere.`,
  });
  const close = (): void => {
    dialog.close();
  };
  const submit = async (): Promise<void> => {
    await api.changeAccount(name, { password: next.input.value });
    close();
    say(`${name} has a new password.`);
  };
  const dialog = openDialog(
    { title: `New password for ${name}` },
    actionForm({ act: 'Set password', submit, cancel: close }, next.row),
  );
  next.input.focus();
}
