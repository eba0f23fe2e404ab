import { element } from '../../dom/element.js';
import type { Point } from '../pane/view.js';

export interface MenuEntry {
  readonly says: string;
  readonly act: () => void;
}

/**
 * Opens a menu at a point of `host` (CSS px). A choice, a click elsewhere or Escape closes it and returns the focus.
 */
export function openMenu(host: HTMLElement, at: Point, label: string, entries: readonly MenuEntry[]): void {
  const before = document.activeElement;
  const items = entries.map(({ says, act }) =>
    element(
      'button',
      {
        type: 'button',
        role: 'menuitem',
        tabindex: -1,
        on: {
          click: () => {
            close();
            act();
          },
        },
      },
      says,
    ),
  );
  const menu = element(
    'div',
    { class: 'film-menu', role: 'menu', 'aria-label': label, on: { keydown: byKey, focusout: left } },
    ...items,
  );
  host.append(menu);
  menu.style.left = `${Math.max(0, Math.min(at.x, host.clientWidth - menu.offsetWidth))}px`;
  menu.style.top = `${Math.max(0, Math.min(at.y, host.clientHeight - menu.offsetHeight))}px`;
  items[0]?.focus();

  function close(): void {
    menu.removeEventListener('focusout', left);
    menu.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  }
  function left(event: FocusEvent): void {
    if (!(event.relatedTarget instanceof Node && menu.contains(event.relatedTarget))) close();
  }
  function byKey(event: KeyboardEvent): void {
    const at = items.findIndex((item) => item === document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
    // The film below gets no keys while a menu is open.
    event.stopPropagation();
    if (event.key === 'Enter' || event.key === ' ') return;
    event.preventDefault();
    if (event.key === 'Escape' || event.key === 'Tab') close();
    else if (to !== undefined) items[to % items.length]?.focus();
  }
}
