import { readFileSync } from 'node:fs';

export const secretNames = ['DATABASE_URL', 'JWT_SECRET', 'JWT_SECRET_PREVIOUS'] as const;
export type SecretName = (typeof secretNames)[number];

/** A secret that can't be read; the message names the variable and the file, never the secret. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
}

/**
 * A secret, from its variable or from the file that `<name>_FILE` names, as container platforms mount them. Surrounding
 * white space is ignored; an empty variable counts as absent.
 *
 * @example secretOf({ JWT_SECRET_FILE: '/run/secrets/jwt' }, 'JWT_SECRET')
 * @returns '' if neither variable is given
 * @throws SecretError if both are given, or if the file can't be read or is empty
 */
export function secretOf(environment: NodeJS.ProcessEnv, name: SecretName): string {
  const value = environment[name] ?? '';
  const path = environment[`${name}_FILE`] ?? '';
  if (path === '') return value;
  if (value !== '') throw new SecretError(`${name} and ${name}_FILE are both given: give one of them`);
  const text = read(path, name).trim();
  if (text === '') throw new SecretError(`${name}_FILE: ${path} is empty`);
  return text;
}

function read(path: string, name: SecretName): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (cause) {
    if (cause instanceof TypeError) throw new SecretError(`${name}_FILE: ${path} is not UTF-8 text`, { cause });
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new SecretError(`${name}_FILE: ${path} can't be read (${why})`, { cause });
  }
}

/** Secrets that signed before the current one, one per line. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
