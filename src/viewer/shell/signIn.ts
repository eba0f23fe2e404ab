import { type Api, ApiFault, type Session, type Site } from '../api/index.js';
import { modelsText } from '../app/modelsText.js';
import { element } from '../dom/element.js';
import { field, passwordField } from '../ui/field.js';
import { openDialog } from '../ui/dialog.js';
import { actionForm } from '../ui/form.js';

export interface SignInOptions {
  readonly api: Api;
  readonly site: Site;
  readonly signedIn: (session: Session) => void;
  readonly navigate: (path: string) => void;
}

/** The whole page for somebody who is not signed in. */
export function signInPage(host: HTMLElement, { api, site, signedIn, navigate }: SignInOptions): void {
  const name = field('User', {
    name: 'username',
    autocomplete: 'username',
    required: true,
    maxlength: 128,
    autocapitalize: 'none',
    autofocus: true,
  });
  const password = passwordField('Password', { name: 'password', autocomplete: 'current-password' });
  const form = actionForm(
    { act: 'Sign in', submit: () => signIn(api, name.input, password.input, signedIn) },
    name.row,
    password.row,
  );
  host.append(
    element(
      'main',
      { class: 'door' },
      element('h1', {}, 'Chest film lesion detector'),
      form,
      site.signUp &&
        element(
          'p',
          {},
          element(
            'a',
            {
              href: '/sign-up',
              on: {
                click: (event) => {
                  event.preventDefault();
                  navigate('/sign-up');
                },
              },
            },
            'Request an account',
          ),
        ),
      element(
        'p',
        { class: 'research' },
        element('strong', {}, 'Research use. Not for diagnosis.'),
        ' Scores are not probabilities.',
      ),
      element('p', { class: 'muted' }, `${modelsText([site.model])}. Service version ${site.version}.`),
    ),
  );
  name.input.focus();
}

/**
 * The session has ended while the user was working: the page stays as it is, covered, and continues once the
 * same user has signed in. Anybody else gets a page of their own.
 */
export function signInOnTop({
  api,
  userName,
  leave,
}: {
  readonly api: Api;
  readonly userName: string;
  readonly leave: () => void;
}): Promise<void> {
  return new Promise((resolve) => {
    const name = field('User', { name: 'username', autocomplete: 'username', value: userName, readonly: true });
    const password = passwordField('Password', { name: 'password', autocomplete: 'current-password', autofocus: true });
    const dialog = openDialog(
      { title: 'Your session has ended', class: 'cover', must: true },
      element('p', {}, 'Sign in to continue where you were. Nothing is lost.'),
      actionForm(
        {
          act: 'Sign in',
          submit: () =>
            signIn(api, name.input, password.input, () => {
              dialog.close();
              resolve();
            }),
        },
        name.row,
        password.row,
      ),
      element(
        'p',
        {},
        element('button', { type: 'button', class: 'link', on: { click: leave } }, `Not ${userName}? Leave this page`),
      ),
    );
    password.input.focus();
  });
}

async function signIn(
  api: Api,
  name: HTMLInputElement,
  password: HTMLInputElement,
  signedIn: (session: Session) => void,
): Promise<void> {
  try {
    signedIn(await api.signIn(name.value, password.value));
  } catch (error) {
    password.select();
    password.focus();
    if (!(error instanceof ApiFault)) throw error;
    // With the right password, the server says why the account is closed.
    if (error.code === 'unauthenticated')
      throw new Error('User and password do not match an account that may sign in.', { cause: error });
    if (error.code === 'rate-limited')
      throw new Error(`Too many attempts. Wait ${error.retryAfterS ?? 60} seconds.`, { cause: error });
    throw error;
  }
}
