import { type Api, ApiFault } from '../api/index.js';
import { element } from '../dom/element.js';
import { field, passwordField } from '../ui/field.js';
import { actionForm } from '../ui/form.js';

const noRequests = 'This site takes no account requests. Ask the people who run it.';

/** Requests an account, if the site allows it; an operator must approve it. */
export function signUpPage(
  host: HTMLElement,
  {
    api,
    navigate,
    open,
  }: {
    readonly api: Api;
    readonly navigate: (path: string) => void;
    /** Whether the site takes requests. */
    readonly open: boolean;
  },
): void {
  const name = field('User', {
    name: 'username',
    autocomplete: 'username',
    required: true,
    maxlength: 128,
    autocapitalize: 'none',
    hint: 'Letters, digits and . _ @ - after the first. It is shown with everything you send.',
  });
  const password = passwordField('Password', {
    name: 'password',
    autocomplete: 'new-password',
    minlength: 12,
    hint: 'At least 12 characters.',
  });
  const back = element(
    'a',
    {
      href: '/sign-in',
      on: {
        click: (event) => {
          event.preventDefault();
          navigate('/sign-in');
        },
      },
    },
    'Back to sign in',
  );
  const form = actionForm({ act: 'Request an account', submit }, name.row, password.row);
  const main = element(
    'main',
    { class: 'door' },
    element('h1', {}, 'Request an account'),
    open ? form : element('p', {}, noRequests),
    element('p', {}, back),
  );
  host.append(main);
  (open ? name.input : back).focus();

  async function submit(): Promise<void> {
    try {
      await api.signUp(name.input.value, password.input.value);
    } catch (error) {
      if (error instanceof ApiFault && error.status === 404) throw new Error(noRequests, { cause: error });
      throw error;
    }
    form.replaceWith(
      element('p', { role: 'status' }, 'Requested. You can sign in once an operator has approved the account.'),
    );
  }
}
