import { belongsToFocus, chordOf, type Focus, isCharacter, type KeyPress } from './chord.js';

/** Something that a key does. */
export interface KeyCommand {
  /** Never changes between versions: the user's own keys are stored under it. */
  readonly id: string;
  /** Chords (see chordOf), unless the user has chosen others. */
  readonly keys: readonly string[];
  /** For the key list: "Invert". */
  readonly help: string;
  /** Repeats while the key is held down. */
  readonly repeats?: boolean;
  press(): void;
  /** Called when the key is released, or when the window loses the focus first. */
  release?(): void;
}

/** A mouse or touch gesture, for the key list: gestures can't be changed. */
export interface Gesture {
  /** "Wheel", "Two fingers" */
  readonly how: string;
  /** "Zooms at the pointer" */
  readonly help: string;
}

/** Commands that come and go together: those of a page, or of a dialog on top of it. */
interface KeyScope {
  readonly title: string;
  readonly commands: readonly KeyCommand[];
  readonly gestures: readonly Gesture[];
  readonly modal: boolean;
}

export interface KeyHelp {
  readonly title: string;
  readonly entries: readonly { readonly id: string; readonly keys: readonly string[]; readonly help: string }[];
  readonly gestures: readonly Gesture[];
}

/** The user's changes, kept in the browser; `chosen` is by command id. */
interface Settings {
  readonly charactersOn: boolean;
  readonly chosen: Readonly<Record<string, readonly string[]>>;
}

/** Where settings are kept: the browser's localStorage, or a stand-in. */
export interface KeyStorage {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
}

const stored = 'viewer.keys';

/**
 * The keys of the page, by scope; the scope opened last comes first. Keys that the focused control handles itself
 * (typing, moving a slider) never reach a command.
 */
export class Keys {
  readonly #scopes: KeyScope[] = [];
  readonly #held = new Map<string, KeyCommand>();
  #storage: KeyStorage | undefined;
  #settings: Settings = { charactersOn: true, chosen: {} };
  #listening = false;

  /** Starts listening to a window's keys; a second call does nothing. */
  listen(window: Window, storage: KeyStorage): void {
    if (this.#listening) return;
    this.#listening = true;
    this.remember(storage);
    window.addEventListener('keydown', (event) => {
      if (event.isComposing || event.defaultPrevented) return;
      if (this.press(event, focusOf(event.target), event.repeat)) event.preventDefault();
    });
    window.addEventListener('keyup', (event) => {
      this.release(event.code);
    });
    window.addEventListener('blur', () => {
      this.releaseAll();
    });
  }

  /** Reads the user's settings from `storage`, and keeps later changes there. */
  remember(storage: KeyStorage): void {
    this.#storage = storage;
    this.#settings = readSettings(storage) ?? this.#settings;
  }

  /**
   * Adds commands, until the returned function is called.
   *
   * @param title heading in the key list, e.g. Film
   * @param modal a dialog: scopes below it get no keys
   * @param gestures what mouse and touch do there, for the key list
   */
  register(
    title: string,
    commands: readonly KeyCommand[],
    { modal = false, gestures = [] }: { readonly modal?: boolean; readonly gestures?: readonly Gesture[] } = {},
  ): () => void {
    const scope: KeyScope = { title, commands, gestures, modal };
    this.#scopes.push(scope);
    return () => {
      const at = this.#scopes.indexOf(scope);
      if (at >= 0) this.#scopes.splice(at, 1);
      for (const [code, command] of this.#held) if (scope.commands.includes(command)) this.release(code);
    };
  }

  /** Runs the command of these keys; returns whether there was one. */
  press(event: KeyPress, focus: Focus, again = false): boolean {
    const chord = chordOf(event);
    if (chord === undefined || belongsToFocus(chord, focus)) return false;
    if (!this.charactersOn && isCharacter(chord)) return false;
    const command = this.#commandOf(chord);
    if (command === undefined) return false;
    // A held key that does not repeat is still ours: the browser must not scroll.
    if (again && command.repeats !== true) return true;
    if (command.release !== undefined) this.#held.set(event.code, command);
    command.press();
    return true;
  }

  /** By the key's position: Shift may have changed its letter meanwhile. */
  release(code: string): void {
    const command = this.#held.get(code);
    this.#held.delete(code);
    command?.release?.();
  }

  releaseAll(): void {
    for (const code of [...this.#held.keys()]) this.release(code);
  }

  /** What the key list shows, topmost scope first. */
  help(): readonly KeyHelp[] {
    return [...this.#scopes]
      .reverse()
      .filter(({ commands }) => commands.length > 0)
      .map(({ title, commands, gestures }) => ({
        title,
        gestures,
        entries: commands.map((command) => ({ id: command.id, keys: this.keysOf(command), help: command.help })),
      }));
  }

  keysOf(command: Pick<KeyCommand, 'id' | 'keys'>): readonly string[] {
    return Object.hasOwn(this.#settings.chosen, command.id)
      ? (this.#settings.chosen[command.id] ?? command.keys)
      : command.keys;
  }

  /** Whether single characters are commands: people who dictate switch them off. */
  get charactersOn(): boolean {
    return this.#settings.charactersOn;
  }

  set charactersOn(on: boolean) {
    this.#change({ ...this.#settings, charactersOn: on });
  }

  /** Gives a command other keys; an empty list switches it off, `undefined` restores its own. */
  choose(id: string, chords: readonly string[] | undefined): void {
    const { [id]: _before, ...others } = this.#settings.chosen;
    this.#change({ ...this.#settings, chosen: chords === undefined ? others : { ...others, [id]: chords } });
  }

  /** The command that already has these keys in an open scope; no other command can take them. */
  takenBy(chord: string): KeyCommand | undefined {
    return this.#commandOf(chord);
  }

  #commandOf(chord: string): KeyCommand | undefined {
    for (const scope of [...this.#scopes].reverse()) {
      const command = scope.commands.find((candidate) => this.keysOf(candidate).includes(chord));
      if (command !== undefined || scope.modal) return command;
    }
    return undefined;
  }

  #change(settings: Settings): void {
    this.#settings = settings;
    try {
      this.#storage?.setItem(stored, JSON.stringify(settings));
    } catch {
      // The browser stores nothing (private window, no space): the choice lasts until the page is closed.
    }
  }
}

/** The keys of the page. */
export const keys = new Keys();

/** Which keys the focused element handles itself. */
function focusOf(target: EventTarget | null): Focus {
  if (!(target instanceof Element)) return 'none';
  if (target instanceof HTMLElement && target.isContentEditable) return 'text';
  if (target instanceof HTMLTextAreaElement) return 'text';
  if (target instanceof HTMLSelectElement) return 'choice';
  if (target instanceof HTMLInputElement) {
    if (target.type === 'range' || target.type === 'radio') return 'range';
    return ['checkbox', 'button', 'submit', 'reset', 'file'].includes(target.type) ? 'button' : 'text';
  }
  return target.closest('button, a[href], summary') === null ? 'none' : 'button';
}

function readSettings(storage: KeyStorage): Settings | undefined {
  try {
    const value: unknown = JSON.parse(storage.getItem(stored) ?? 'null');
    if (
      typeof value !== 'object' ||
      value === null ||
      !('chosen' in value) ||
      typeof value.chosen !== 'object' ||
      value.chosen === null
    )
      return undefined;
    const chosen: Record<string, readonly string[]> = {};
    for (const [id, chords] of Object.entries(value.chosen)) {
      if (Array.isArray(chords) && chords.every((chord) => typeof chord === 'string')) chosen[id] = chords;
    }
    return { charactersOn: !('charactersOn' in value && value.charactersOn === false), chosen };
  } catch {
    return undefined;
  }
}
