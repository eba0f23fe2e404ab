import { readFileSync } from 'node:fs';

/** Whether a text, in small letters, is a common word or a common password. The list names its source and licence. */
export function isCommon(text: string): boolean {
  common ??= read();
  return common.has(text);
}

let common: ReadonlySet<string> | undefined;

/** 68 kB, read when the first password is set. */
function read(): ReadonlySet<string> {
  const lines = readFileSync(new URL('./commonPasswords.txt', import.meta.url), 'utf8').split('\n');
  return new Set(lines.filter((line) => line !== '' && !line.startsWith('#')));
}
