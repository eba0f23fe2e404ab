import { type Command, CommanderError } from 'commander';
import { UsageError } from '../../src/cli/exit.js';

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs a command in this process, since starting the program for each takes seconds, and collects what it prints.
 * Rejects if the command does.
 */
export async function runCommand(command: Command, args: readonly string[]): Promise<Outcome> {
  const printed = { out: '', err: '' };
  const written = { out: process.stdout.write.bind(process.stdout), err: process.stderr.write.bind(process.stderr) };
  process.stdout.write = (piece: string | Uint8Array) => ((printed.out += String(piece)), true);
  process.stderr.write = (piece: string | Uint8Array) => ((printed.err += String(piece)), true);
  for (const each of [command, ...command.commands]) each.exitOverride();
  try {
    await command.parseAsync(args, { from: 'user' });
    return { code: typeof process.exitCode === 'number' ? process.exitCode : 0, ...printed };
  } catch (error) {
    if (error instanceof Error) Object.assign(error, { printed });
    throw error;
  } finally {
    process.stdout.write = written.out;
    process.stderr.write = written.err;
    process.exitCode = undefined;
  }
}

/** The same, with errors as output and exit code, like main.ts. */
export async function outcomeOf(command: Command, args: readonly string[]): Promise<Outcome> {
  try {
    return await runCommand(command, args);
  } catch (error) {
    const { printed = { out: '', err: '' } } = error as { printed?: { out: string; err: string } };
    const told = error instanceof CommanderError ? '' : String(error);
    return {
      code: error instanceof CommanderError || error instanceof UsageError ? 2 : 1,
      out: printed.out,
      err: printed.err + told,
    };
  }
}
