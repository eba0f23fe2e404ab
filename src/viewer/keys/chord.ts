/** The parts of a KeyboardEvent that say which keys were pressed. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  getModifierState?(name: string): boolean;
}

/**
 * The keys of an event as one name: `i`, `Shift+N`, `+`, `?`, `Ctrl+Enter`, `Shift+ArrowLeft`, `Space`.
 * Shift is named with letters and named keys only: it is how `?` and `+` are typed on some keyboards. On a
 * layout without Latin letters the place of the key counts. Undefined for what types a character by AltGr
 * and for a modifier alone.
 */
export function chordOf(event: KeyPress): string | undefined {
  if (event.getModifierState?.('AltGraph') === true && event.key.length === 1) return undefined;
  if (['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'Dead', 'Process', 'Unidentified'].includes(event.key))
    return undefined;
  const key = latinKey(event);
  const letter = /^[a-z]$/i.test(key);
  const named = key.length > 1;
  return [
    ...(event.ctrlKey || event.metaKey ? ['Ctrl'] : []),
    ...(event.altKey ? ['Alt'] : []),
    ...(event.shiftKey && (letter || named) ? ['Shift'] : []),
    letter ? (event.shiftKey ? key.toUpperCase() : key.toLowerCase()) : key,
  ].join('+');
}

/** One character without Ctrl or Alt: what WCAG 2.1.4 wants to be switchable. */
export function isCharacter(chord: string): boolean {
  return chord.replace(/^Shift\+/, '').length === 1;
}

/** What the control that has the focus does with keys by itself. */
export type Focus = 'text' | 'choice' | 'range' | 'button' | 'none';

/** Whether the focused control needs these keys for itself. */
export function belongsToFocus(chord: string, focus: Focus): boolean {
  switch (focus) {
    case 'text':
    case 'choice':
      return chord !== 'Escape' && !chord.startsWith('Ctrl+Enter');
    case 'range':
      return /^(Shift\+)?(Arrow(Left|Right|Up|Down)|Home|End|PageUp|PageDown)$/.test(chord);
    case 'button':
      return chord === 'Space' || chord === 'Enter';
    case 'none':
      return false;
  }
}

/** As a reader finds it on the keyboard: `Shift+ArrowLeft` → `Shift + ←`. */
export function chordText(chord: string): string {
  const signs: Readonly<Record<string, string>> = {
    ArrowLeft: '←',
    ArrowRight: '→',
    ArrowUp: '↑',
    ArrowDown: '↓',
    PageUp: 'PgUp',
    PageDown: 'PgDn',
    Escape: 'Esc',
    Delete: 'Del',
  };
  // The plus key itself is the empty part at the end.
  const parts = chord.endsWith('+')
    ? [
        ...chord
          .slice(0, -1)
          .split('+')
          .filter((part) => part !== ''),
        '+',
      ]
    : chord.split('+');
  return parts.map((part) => signs[part] ?? (/^[a-z]$/.test(part) ? part.toUpperCase() : part)).join(' + ');
}

function latinKey({ key, code }: KeyPress): string {
  if (key === ' ') return 'Space';
  const place = /^(?:Key([A-Z])|Digit([0-9]))$/.exec(code);
  // A letter that isn't ASCII (Cyrillic, Greek, Arabic): the key that a Latin layout has there.
  return key.length === 1 && key > '~' && place !== null ? (place[1]?.toLowerCase() ?? place[2] ?? key) : key;
}
