import { belongsToFocus, chordOf, type Focus, isCharacter, type KeyPress } from './chord.js';

/** Something that a key does. */
export interface KeyCommand {
  /** Stays the same over versions: a user's own keys hang on it. */
  readonly id: string;
  /** Chords (see chordOf) unless the user chose others. */
  readonly keys: readonly string[];
  /** For the key list: "Invert". */
  readonly help: string;
  /** Does it again while the key is held down. */
  readonly repeats?: boolean;
  press(): void;
  /** Called when the key comes up, and when the window loses the focus before that. */
  release?(): void;
}

/** Commands that are there together: those of a page, or of a dialog on top of it. */
interface KeyScope {
  readonly title: string;
  readonly commands: readonly KeyCommand[];
  readonly modal: boolean;
}

export interface KeyHelp {
  readonly title: string;
  readonly entries: readonly { readonly id: string; readonly keys: readonly string[]; readonly help: string }[];
}

/** What a user changed, kept in the browser: `chosen` by command id. */
interface Settings {
  readonly charactersOn: boolean;
  readonly chosen: Readonly<Record<string, readonly string[]>>;
}

/** Where settings are kept; the browser's localStorage has this shape. */
export interface KeyStorage {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
}

const stored = 'viewer.keys';

/**
 * The keys of the page, by scope; the scope opened last is asked first. Keys that the focused control needs
 * for itself (typing, moving a slider) never reach a command.
 */
export class Keys {
  readonly #scopes: KeyScope[] = [];
  readonly #held = new Map<string, KeyCommand>();
  #storage: KeyStorage | undefined;
  #settings: Settings = { charactersOn: true, chosen: {} };
  #listening = false;

  /** Begins to take the keys of a window; its second call does nothing. */
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

  /** Reads and keeps the user's settings there. */
  remember(storage: KeyStorage): void {
    this.#storage = storage;
    this.#settings = readSettings(storage) ?? this.#settings;
  }

  /**
   * Commands are there until the returned function is called.
   *
   * @param title heading in the key list: “Film”
   * @param modal a dialog: what lies below it gets no keys
   */
  register(
    title: string,
    commands: readonly KeyCommand[],
    { modal = false }: { readonly modal?: boolean } = {},
  ): () => void {
    const scope: KeyScope = { title, commands, modal };
    this.#scopes.push(scope);
    return () => {
      const at = this.#scopes.indexOf(scope);
      if (at >= 0) this.#scopes.splice(at, 1);
      for (const [code, command] of this.#held) if (scope.commands.includes(command)) this.release(code);
    };
  }

  /** Runs the command of these keys. True when there was one. */
  press(event: KeyPress, focus: Focus, again = false): boolean {
    const chord = chordOf(event);
    if (chord === undefined || belongsToFocus(chord, focus)) return false;
    if (!this.charactersOn && isCharacter(chord)) return false;
    const command = this.#commandOf(chord);
    if (command === undefined) return false;
    // A held key that does not repeat is still ours: the browser must not scroll with it.
    if (again && command.repeats !== true) return true;
    if (command.release !== undefined) this.#held.set(event.code, command);
    command.press();
    return true;
  }

  /** By the key's place: its letter may have changed with Shift meanwhile. */
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
      .map(({ title, commands }) => ({
        title,
        entries: commands.map((command) => ({ id: command.id, keys: this.keysOf(command), help: command.help })),
      }));
  }

  keysOf(command: Pick<KeyCommand, 'id' | 'keys'>): readonly string[] {
    return Object.hasOwn(this.#settings.chosen, command.id)
      ? (this.#settings.chosen[command.id] ?? command.keys)
      : command.keys;
  }

  /** Whether single characters do anything: people who dictate switch them off. */
  get charactersOn(): boolean {
    return this.#settings.charactersOn;
  }

  set charactersOn(on: boolean) {
    this.#change({ ...this.#settings, charactersOn: on });
  }

  /** Other keys for a command; none switches it off. `undefined` brings its own back. */
  choose(id: string, chords: readonly string[] | undefined): void {
    const { [id]: _before, ...others } = this.#settings.chosen;
    this.#change({ ...this.#settings, chosen: chords === undefined ? others : { ...others, [id]: chords } });
  }

  /** The command that already has these keys in an open scope, for who wants to give them to another. */
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
      // A browser that keeps nothing (private window, full): the choice holds as long as the page is open.
    }
  }
}

/** The one set of keys of the page. */
export const keys = new Keys();

/** What the focused element does with keys by itself. */
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
