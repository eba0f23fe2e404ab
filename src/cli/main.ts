#!/usr/bin/env node
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { messageOf } from '../messageOf.js';
import { version } from '../version.js';
import { commands } from './commands.js';
import { exitCode, UsageError } from './exit.js';

const words = process.argv.slice(2);
const program = new Command('lesion-detector')
  .description('Finds lesions on chest films with a YOLOv3 detector. Research use only. Not for diagnosis.')
  .version(version);
for (const [name, { summary, load }] of Object.entries(commands)) {
  // A word that happens to be a command, such as a folder called log, loads it needlessly but does no harm.
  const command = words.includes(name) ? await load() : new Command(name);
  program.addCommand(command.summary(summary).description(command.description() || summary));
}
exitInsteadOfProcess(program);
process.stdout.on('error', endWithReader);

try {
  assertText(words);
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCode.fine : exitCode.wrongUse;
  else await report(error);
}

/** Node replaces bytes that aren't UTF-8 by U+FFFD: the argument would name another patient, user or file. */
function assertText(args: readonly string[]): void {
  const damaged = args.find((arg) => arg.includes('\uFFFD'));
  if (damaged !== undefined && !isUtf8(givenBytes())) throw new UsageError(`the argument "${damaged}" is not UTF-8`);
}

/** The raw command line, if the system reveals it; if not, the argument is refused. */
function givenBytes(): Buffer {
  try {
    return readFileSync('/proc/self/cmdline');
  } catch {
    return Buffer.from([0xff]);
  }
}

/** The reader in `detect … | head` has read enough: the command did nothing wrong, but didn't do all of its work. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCode.someFailed);
}

/** Commander exits by itself, always with 1; here wrong use is 2, and output is flushed first. */
function exitInsteadOfProcess(command: Command): void {
  command.exitOverride();
  command.commands.forEach(exitInsteadOfProcess);
}

/** For wrong use, only the message; for anything unforeseen, its cause as well. */
async function report(error: unknown): Promise<void> {
  const wrongUse = await isWrongUse(error);
  const cause = !wrongUse && error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
  process.stderr.write(`${messageOf(error)}${cause === undefined ? '' : `\n  because: ${cause.message}`}\n`);
  process.exitCode = wrongUse ? exitCode.wrongUse : exitCode.someFailed;
}

async function isWrongUse(error: unknown): Promise<boolean> {
  if (error instanceof UsageError) return true;
  const [{ ConfigError }, { RegistryError }] = await Promise.all([
    import('../config.js'),
    import('../registry/index.js'),
  ]);
  return error instanceof ConfigError || error instanceof RegistryError;
}
