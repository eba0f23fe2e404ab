#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { ConfigError } from '../config.js';
import { RegistryError } from '../registry/index.js';
import { version } from '../service.js';
import { annotationsCommand } from './annotations.js';
import { dbCommand } from './db.js';
import { detectCommand } from './detect/command.js';
import { evaluateCommand } from './evaluate.js';
import { exitCode, UsageError } from './exit.js';
import { logCommand } from './log.js';
import { modelCommand } from './model.js';
import { serveCommand } from './serve.js';
import { tokenCommand } from './token.js';
import { userCommand } from './user.js';

const program = new Command('lesion-detector')
  .description('Finds lesions on chest films with a YOLOv3 detector. Research use only. Not for diagnosis.')
  .version(version);
for (const command of [
  detectCommand(),
  evaluateCommand(),
  modelCommand(),
  annotationsCommand(),
  userCommand(),
  tokenCommand(),
  dbCommand(),
  logCommand(),
  serveCommand(),
]) {
  program.addCommand(command);
}
exitInsteadOfProcess(program);
process.stdout.on('error', endWithReader);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = codeOf(error);
  if (!(error instanceof CommanderError)) process.stderr.write(`${messageOf(error)}\n`);
}

/** `detect … | head` has seen enough: nothing is wrong with the command, but not all of it was done. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCode.someFailed);
}

/** Commander ends the process by itself, always with 1; here wrong use is 2, and output is flushed first. */
function exitInsteadOfProcess(command: Command): void {
  command.exitOverride();
  command.commands.forEach(exitInsteadOfProcess);
}

function codeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.fine : exitCode.wrongUse;
  return isWrongUse(error) ? exitCode.wrongUse : exitCode.someFailed;
}

/** The message of wrong use stands alone; of anything unforeseen its causes are wanted, too. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error && !isWrongUse(error) ? `\n  because: ${error.cause.message}` : '';
  return `${error.message}${cause}`;
}

function isWrongUse(error: unknown): boolean {
  return error instanceof UsageError || error instanceof ConfigError || error instanceof RegistryError;
}
