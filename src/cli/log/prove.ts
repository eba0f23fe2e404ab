import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import {
  assertSigned,
  CheckpointError,
  checkpointsIn,
  createLogProofs,
  type LogProofs,
  parseVerifierKey,
  rotateLogKey,
  type SignedCheckpoint,
} from '../../log/index.js';
import { unlessMissing } from '../../fileErrors.js';
import { logKeyFileOf } from '../../logFiles.js';
import { exitCode, UsageError, wrongUse } from '../exit.js';
import { assertLogExists, placeOf, withStore } from '../store.js';

/** `log proof | consistent | rotate-key` */
export function proofCommands(): readonly Command[] {
  return [
    new Command('proof')
      .description('prove that a detection stands under a signed checkpoint; docs/verify_log.py checks the proof')
      .argument('<id>', 'id of the report')
      .option('--size <entries>', 'under the checkpoint of this size instead of the newest one')
      .action((id: string, { size }: { size?: string }) => prove(id, size)),
    new Command('consistent')
      .description('prove that one checkpoint extends the other: exit 1 if not')
      .argument('<a>', 'file with a checkpoint; of several in a file the last one counts')
      .argument('<b>', 'file with another one')
      .option('--key <key>', 'verifier key, or file with one per line: the checkpoints must be signed by it')
      .option('--json', 'print the proof as JSON, for docs/verify_log.py', false)
      .action((a: string, b: string, options: { key?: string; json: boolean }) => consistent([a, b], options)),
    new Command('rotate-key')
      .description('make a new key that signs checkpoints; the old one stays among those listed in LOG_KEY_FILE.pub')
      .action(() => rotate()),
  ];
}

async function prove(id: string, size: string | undefined): Promise<void> {
  if (size !== undefined && !/^\d{1,15}$/.test(size)) throw new UsageError('--size takes a number of entries');
  const proof = await withProofs((proofs) =>
    proofs.proveDetection(id.toLowerCase(), size === undefined ? {} : { size: Number(size) }),
  );
  if (proof === 'not-found') throw new UsageError(`there is no detection ${id}`);
  if (proof === 'not-yet') {
    const which = size === undefined ? 'No checkpoint' : `No checkpoint of ${size} entries`;
    process.stderr.write(`${which} covers it yet: the service signs the next one.\n`);
    process.exitCode = exitCode.someFailed;
    return;
  }
  process.stdout.write(`${JSON.stringify(proof)}\n`);
}

async function consistent(
  files: readonly [string, string],
  { key, json }: { readonly key?: string; readonly json: boolean },
): Promise<void> {
  const [a, b] = [await lastIn(files[0], key), await lastIn(files[1], key)];
  const proof = await withProofs((proofs) => proofs.proveConsistency(a, b)).catch(sayingCheckpoint);
  const [smaller, larger] = [a, b].map(({ size }) => size).toSorted((x, y) => x - y);
  if (proof === undefined) {
    process.stderr.write(
      `Not consistent: the tree of this log does not lead from the checkpoint of ${smaller} entries to that of ` +
        `${larger}. One of them, or the log, was changed.\n`,
    );
    process.exitCode = exitCode.someFailed;
  } else if (json) process.stdout.write(`${JSON.stringify(proof)}\n`);
  else {
    const unsigned = key === undefined ? ' (signatures were not checked: give --key)' : '';
    process.stdout.write(`the first ${smaller} of ${larger} entries are unchanged${unsigned}\n`);
  }
}

async function lastIn(path: string, key: string | undefined): Promise<SignedCheckpoint> {
  const checkpoint = (await checkpointsOf(path, key)).at(-1);
  if (checkpoint === undefined) throw new UsageError(`${path} holds no checkpoint`);
  return checkpoint;
}

async function rotate(): Promise<void> {
  const path = logKeyFileOf(process.env);
  await assertLogExists(placeOf(process.env));
  const origin = await withProofs((proofs) => proofs.originOf());
  const key = await rotateLogKey(path, origin).catch((error: unknown) => {
    throw wrongUse(error);
  });
  process.stdout.write(`${key}\n`);
  process.stderr.write(
    `${resolve(path)} holds a new key, which signs the next checkpoint. Hand the line above, its verifier key, to ` +
      `those who check; all keys are in ${resolve(path)}.pub.\n`,
  );
}

/**
 * The checkpoints of a file, in its order. With a key (its text, or a file with one per line), all must be signed by
 * it.
 *
 * @throws UsageError
 */
export async function checkpointsOf(path: string, key: string | undefined): Promise<readonly SignedCheckpoint[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw wrongUse(error);
  });
  const keyText = key === undefined ? undefined : ((await readFile(key, 'utf8').catch(unlessMissing)) ?? key);
  try {
    const checkpoints = checkpointsIn(text);
    if (checkpoints.length === 0) throw new CheckpointError('it holds no checkpoint');
    if (keyText !== undefined) {
      const keys = keyText
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map(parseVerifierKey);
      for (const checkpoint of checkpoints) assertSigned(checkpoint, keys);
    }
    return checkpoints;
  } catch (error) {
    return sayingCheckpoint(error, path);
  }
}

function sayingCheckpoint(error: unknown, path?: string): never {
  throw error instanceof CheckpointError ? wrongUse(error, path) : error;
}

async function withProofs<Result>(work: (proofs: LogProofs) => Promise<Result>): Promise<Result> {
  await assertLogExists(placeOf(process.env));
  return withStore(process.env, ({ database }) => work(createLogProofs(database)));
}
