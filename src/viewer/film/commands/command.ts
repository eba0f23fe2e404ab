import type { KeyCommand } from '../../keys/keys.js';

type Rest = Partial<Pick<KeyCommand, 'repeats' | 'release'>>;

/** A key of the film page. */
export function command(
  name: string,
  keys: string | readonly string[],
  help: string,
  press: () => void,
  rest: Rest = {},
): KeyCommand {
  return { id: `film.${name}`, keys: typeof keys === 'string' ? [keys] : keys, help, press, ...rest };
}

/** A key that repeats while it is held down. */
export function repeating(name: string, keys: string, help: string, press: () => void): KeyCommand {
  return command(name, keys, help, press, { repeats: true });
}

/** A key that acts only while it is held down. */
export function whileHeld(name: string, keys: string, help: string, act: (held: boolean) => void): KeyCommand {
  const press = (): void => {
    act(true);
  };
  const release = (): void => {
    act(false);
  };
  return command(name, keys, help, press, { release });
}
