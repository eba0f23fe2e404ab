import { type Api, ApiFault, type Session, type Site } from '../api/index.js';
import { element } from '../dom/element.js';

export interface SignInOptions {
  readonly api: Api;
  readonly site: Site;
  /** The only user who may go on here: the session has ended over what is theirs. */
  readonly again?: { readonly name: string };
  readonly signedIn: (session: Session) => void;
}

/** The form alone; whoever shows it puts it on a page or on top of one. */
export function signInForm({ api, site, again, signedIn }: SignInOptions): HTMLFormElement {
  const name = element('input', { id: 'sign-in-name', name: 'username', autocomplete: 'username', required: true, maxlength: 128, autocapitalize: 'none', spellcheck: 'false', value: again?.name });
  const password = element('input', { id: 'sign-in-password', name: 'password', type: 'password', autocomplete: 'current-password', required: true, maxlength: 1024 });
  const fault = element('p', { class: 'fault', role: 'alert' });
  const send = element('button', { type: 'submit', class: 'primary' }, 'Sign in');
  const form = element(
    'form',
    { class: 'sign-in', on: { submit: (event) => { event.preventDefault(); void submit(); } } },
    element('label', { for: name.id }, 'User'),
    name,
    element('label', { for: password.id }, 'Password'),
    password,
    send,
    fault,
    element('p', { class: 'notice' }, site.notice),
  );
  return form;

  async function submit(): Promise<void> {
    fault.replaceChildren();
    send.disabled = true;
    try {
      signedIn(await api.signIn(name.value, password.value));
    } catch (error) {
      fault.replaceChildren(error instanceof ApiFault ? error.message : String(error));
      password.select();
    } finally {
      send.disabled = false;
    }
  }
}
