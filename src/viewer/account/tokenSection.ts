import type { Role, Token } from '../api/index.js';
import { element } from '../dom/element.js';
import type { PageContext } from '../app/page.js';
import { dayOf, when } from '../ui/dates.js';
import { confirmed, openDialog } from '../ui/dialog.js';
import { choice, field } from '../ui/field.js';
import { actionForm, faultText, isGivenUp } from '../ui/form.js';

/** A program without its own account needs a role: by default the one with the least rights. */
const machineRoles: readonly (readonly [Role, string])[] = [
  ['submitter', 'submitter (a program)'],
  ['radiologist', 'radiologist (a program)'],
  ['operator', 'operator (a program)'],
];
const lifetimes = [
  ['30', '30 days'],
  ['90', '90 days'],
  ['365', '1 year'],
] as const;

/** Bearer tokens of programs: list, create, revoke. A secret is shown only once. */
export function tokenSection(
  { api, say }: PageContext,
  { everybody }: { readonly everybody: boolean },
): { readonly node: HTMLElement; readonly close: () => void } {
  const stop = new AbortController();
  const rows = element('tbody', {});
  const status = element('p', { role: 'status' });
  const table = element(
    'table',
    { hidden: true },
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        ...(everybody ? ['User'] : [])
          .concat('Label', 'Created', 'Expires', 'Last used', 'State', '')
          .map((name) =>
            element('th', { scope: 'col' }, name === '' ? element('span', { class: 'only-read' }, 'Actions') : name),
          ),
      ),
    ),
    rows,
  );
  const label = field('Label', {
    maxlength: 128,
    placeholder: 'where it is used',
    required: true,
    autocomplete: 'off',
  });
  const owner = field('For user', {
    maxlength: 128,
    placeholder: 'name of the program',
    required: true,
    autocomplete: 'off',
    autocapitalize: 'none',
  });
  const lifetime = choice('Valid for', lifetimes);
  lifetime.select.value = '90';
  const role = choice('Role', [...machineRoles, ['', 'same as the user']]);
  const form = actionForm(
    { act: 'Create a token', class: 'in-row', submit: make },
    label.row,
    ...(everybody ? [owner.row, role.row] : []),
    lifetime.row,
  );
  const node = element(
    'section',
    {},
    element('h2', {}, 'Tokens'),
    element(
      'p',
      { class: 'muted' },
      'Programs send films with a token instead of a password.',
      everybody && ' A submitter sends films and sees its own; a radiologist sees every film; an operator sends none.',
    ),
    form,
    status,
    element('div', { class: 'table-scroll' }, table),
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
      const tokens = await api.tokens(stop.signal);
      table.hidden = tokens.length === 0;
      status.textContent = tokens.length === 0 ? 'No tokens yet.' : '';
      rows.replaceChildren(...tokens.map(row));
    } catch (error) {
      if (!isGivenUp(error)) status.textContent = faultText(error);
    }
  }

  function row(token: Token): HTMLTableRowElement {
    const state = stateOf(token, Date.now());
    return element(
      'tr',
      { 'data-token': token.jti },
      ...(everybody ? [element('td', {}, token.user)] : []),
      element('td', {}, token.label ?? '–'),
      element('td', {}, dayOf(token.createdAt)),
      element('td', {}, dayOf(token.expiresAt)),
      element('td', {}, token.lastUsedAt === null ? '–' : when(token.lastUsedAt)),
      element('td', {}, state),
      element(
        'td',
        {},
        state === 'in force' &&
          element(
            'button',
            {
              type: 'button',
              class: 'danger',
              'aria-label': `Revoke ${token.label ?? token.jti}`,
              on: {
                click: () => {
                  void revoke(token);
                },
              },
            },
            'Revoke',
          ),
      ),
    );
  }

  async function make(): Promise<void> {
    const issued = await api.issueToken({
      label: label.input.value,
      expiresInDays: Number(lifetime.value()),
      ...(everybody ? { user: owner.input.value, ...roleOf(role.value()) } : {}),
    });
    label.input.value = '';
    showSecret(issued.token);
    await load();
  }

  async function revoke({ jti, label: name, user: of }: Token): Promise<void> {
    if (
      !(await confirmed({
        title: 'Revoke this token?',
        question: `Programs that use “${name ?? jti}” of ${of} will be refused from now on. This can't be undone.`,
        act: 'Revoke',
      }))
    )
      return;
    try {
      await api.revokeToken(jti);
      say('Token revoked.');
    } catch (error) {
      say(`Not revoked: ${faultText(error)}`);
    }
    await load();
  }
}

function roleOf(role: Role | ''): { readonly role?: Role } {
  return role === '' ? {} : { role };
}

function stateOf({ revokedAt, expiresAt }: Token, nowMs: number): 'in force' | 'revoked' | 'expired' {
  if (revokedAt !== null) return 'revoked';
  return Date.parse(expiresAt) <= nowMs ? 'expired' : 'in force';
}

function showSecret(secret: string): void {
  const text = element('textarea', { readonly: true, rows: 5, 'aria-label': 'Token', spellcheck: 'false' });
  text.value = secret;
  const copy = element(
    'button',
    {
      type: 'button',
      class: 'primary',
      on: {
        click: () => {
          void toClipboard();
        },
      },
    },
    'Copy',
  );
  const dialog = openDialog(
    { title: 'The new token', class: 'secret', must: true },
    element('p', {}, 'Copy it now: it is shown only once, and the server keeps no copy.'),
    text,
    element(
      'p',
      { class: 'buttons' },
      copy,
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
        'I have it',
      ),
    ),
  );
  text.select();

  async function toClipboard(): Promise<void> {
    try {
      await navigator.clipboard.writeText(secret);
      copy.textContent = 'Copied';
    } catch {
      text.select();
      copy.textContent = 'Select and copy it by hand';
    }
  }
}
