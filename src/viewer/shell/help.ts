import { chordOf, chordText } from '../keys/chord.js';
import { element } from '../dom/element.js';
import { type KeyHelp, keys } from '../keys/keys.js';
import { openDialog } from '../ui/dialog.js';

/** Every key that works now; each can be changed, and single letters switched off (WCAG 2.1.4). */
export function showHelp(): void {
  const letters = element('input', {
    type: 'checkbox',
    id: 'letters-on',
    checked: keys.charactersOn,
    on: {
      change: () => {
        keys.charactersOn = letters.checked;
      },
    },
  });
  const said = element('p', { role: 'status', class: 'muted' }, 'Choose “change”, then press the new key.');
  const lists = element('div', { class: 'key-lists' });
  const fingers = matchMedia('(pointer: coarse)').matches;
  const close = element(
    'button',
    {
      type: 'button',
      on: {
        click: () => {
          dialog.close();
        },
      },
    },
    'Close',
  );
  const dialog = openDialog(
    { title: 'Keys', class: 'help' },
    element(
      'div',
      { class: 'help-head' },
      element(
        'span',
        { class: 'tick' },
        letters,
        element('label', { for: letters.id }, 'Single letters and signs act as shortcuts'),
      ),
      close,
    ),
    said,
    lists,
  );
  show();
  close.focus();

  function show(focusOn?: string): void {
    lists.replaceChildren(...keys.help().map(scope));
    if (focusOn !== undefined) lists.querySelector<HTMLButtonElement>(`[data-key="${CSS.escape(focusOn)}"]`)?.focus();
  }

  function scope({ title, entries, gestures }: KeyHelp): HTMLElement {
    return element(
      'section',
      {},
      element('h3', {}, title),
      // Where fingers point there may be no keys.
      fingers && gestures.length > 0 && gestureTable(title, gestures),
      element(
        'table',
        { class: 'commands' },
        element(
          'tbody',
          {},
          ...entries.map(({ id, keys: chords, help }) =>
            element(
              'tr',
              {},
              element('th', { scope: 'row' }, help),
              element(
                'td',
                {},
                ...chords.flatMap((chord, i) => [i > 0 && ' ', element('kbd', {}, chordText(chord))]),
                chords.length === 0 && 'off',
              ),
              element(
                'td',
                {},
                element(
                  'button',
                  {
                    type: 'button',
                    class: 'quiet',
                    'data-key': id,
                    'aria-label': `Change the key for: ${help}`,
                    on: {
                      click: () => {
                        change(id, help);
                      },
                    },
                  },
                  'change',
                ),
              ),
            ),
          ),
        ),
      ),
      !fingers && gestures.length > 0 && gestureTable(title, gestures),
    );
  }

  /** Takes the next key press for a command: Escape keeps the current key, Delete restores the default. */
  function change(id: string, help: string): void {
    said.textContent = `Press the new key for “${help}”. Esc keeps the current key, Del restores the default.`;
    dialog.addEventListener('keydown', take);

    function take(event: KeyboardEvent): void {
      event.preventDefault();
      const chord = chordOf(event);
      if (chord === undefined) return;
      dialog.removeEventListener('keydown', take);
      said.textContent = chosen(id, chord);
      show(id);
    }
  }
}

/** Mouse and touch gestures: they can't be changed, and are documented nowhere else. */
function gestureTable(title: string, gestures: KeyHelp['gestures']): HTMLElement {
  const rows = gestures.map(({ how, help }) =>
    element('tr', {}, element('th', { scope: 'row' }, help), element('td', {}, how)),
  );
  return element(
    'table',
    { class: 'gestures' },
    element('caption', {}, `${title}: mouse and touch`),
    element('tbody', {}, ...rows),
  );
}

function chosen(id: string, chord: string): string {
  if (chord === 'Escape') return 'Nothing was changed.';
  if (chord === 'Delete' || chord === 'Backspace') {
    keys.choose(id, undefined);
    return 'The default key is restored.';
  }
  if (chord === 'Tab' || chord === 'Shift+Tab') return 'Tab always moves the focus. Nothing was changed.';
  const taken = keys.takenBy(chord);
  if (taken !== undefined && taken.id !== id)
    return `${chordText(chord)} is already the key for “${taken.help}”. Nothing was changed.`;
  keys.choose(id, [chord]);
  return `The key is now ${chordText(chord)}.`;
}
