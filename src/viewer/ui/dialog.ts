import { type Child, element } from '../dom/element.js';

export interface DialogOptions {
  readonly title: string;
  readonly class?: string;
  /** Escape does nothing: the page behind can't be used until this is answered. */
  readonly must?: boolean;
}

/** Shows a modal dialog; the browser keeps focus in it and gives it back afterwards. */
export function openDialog(
  { title, class: name, must = false }: DialogOptions,
  ...children: Child[]
): HTMLDialogElement {
  const heading = element('h2', { id: `dialog-${++count}` }, title);
  const dialog = element(
    'dialog',
    { class: name, 'aria-labelledby': heading.id, closedby: must ? 'none' : undefined },
    heading,
    ...children,
  );
  // A browser without `closedby` lets a page refuse one Escape, and closes the dialog at the next.
  let closedByBrowser = false;
  dialog.addEventListener('cancel', (event) => {
    if (!must) return;
    event.preventDefault();
    closedByBrowser = !event.defaultPrevented;
  });
  dialog.addEventListener('close', () => {
    if (closedByBrowser) dialog.showModal();
    else dialog.remove();
    closedByBrowser = false;
  });
  // The page's keys don't apply in the dialog; the browser itself closes it on Escape.
  dialog.addEventListener('keydown', (event) => {
    event.stopPropagation();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Asks before something that can't be undone; resolves to true if the user confirmed. */
export function confirmed({
  title,
  shown,
  question,
  act,
}: {
  readonly title: string;
  /** What it is about. */
  readonly shown?: HTMLElement;
  readonly question: string;
  readonly act: string;
}): Promise<boolean> {
  return new Promise((resolve) => {
    const close = (answer: string) => () => {
      dialog.close(answer);
    };
    const dialog = openDialog(
      { title, class: 'ask' },
      shown,
      element('p', {}, question),
      element(
        'p',
        { class: 'buttons' },
        element('button', { type: 'button', autofocus: true, on: { click: close('') } }, 'Cancel'),
        element('button', { type: 'button', class: 'danger', on: { click: close('yes') } }, act),
      ),
    );
    dialog.addEventListener('close', () => {
      resolve(dialog.returnValue === 'yes');
    });
  });
}

let count = 0;
