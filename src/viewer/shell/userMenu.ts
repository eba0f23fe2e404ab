import type { User } from '../api/index.js';
import { element } from '../dom/element.js';

/** The user's name in the bar; it opens a menu, which closes when the focus leaves it. */
export function userMenu(
  user: User,
  account: HTMLAnchorElement,
  { about, signOut }: { readonly about: () => void; readonly signOut: () => void },
): HTMLElement {
  const menu = element(
    'details',
    { class: 'menu' },
    element('summary', {}, user.name),
    element(
      'div',
      {},
      element('p', { class: 'muted' }, user.role),
      account,
      element('a', { href: '/docs', 'data-outside': true }, 'API'),
      element('button', { type: 'button', class: 'link', on: { click: about } }, 'About'),
      element('button', { type: 'button', class: 'link', on: { click: signOut } }, 'Sign out'),
    ),
  );
  menu.addEventListener('focusout', ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && menu.contains(relatedTarget))) menu.open = false;
  });
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    menu.querySelector('summary')?.focus();
  });
  menu.addEventListener('click', ({ target }) => {
    if (target instanceof HTMLAnchorElement) menu.open = false;
  });
  return menu;
}
