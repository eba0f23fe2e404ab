import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { UsageError } from './exit.js';

/** 120 bits, in letters that survive being read aloud. */
export function generatePassword(): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789';
  return Array.from(randomBytes(24), (byte) => letters[byte % letters.length])
    .join('')
    .replace(/(.{6})(?!$)/g, '$1-');
}

/** The first line of stdin; at a terminal, prompts twice without echo. */
export async function readPassword(): Promise<string> {
  if (!process.stdin.isTTY) return firstLine();
  const password = await ask('Password: ');
  if (password !== (await ask('Again: '))) throw new UsageError("the two passwords don't match");
  return password;
}

async function firstLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) {
    if (line.includes('\uFFFD')) throw new UsageError('the password is not UTF-8: nobody could log in with it');
    return line;
  }
  throw new UsageError('the password is read from stdin, which was empty; or use --generate');
}

async function ask(prompt: string): Promise<string> {
  process.stderr.write(prompt);
  const silent = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}
