import { Command } from 'commander';
import { type ChainHead, createLogProofs, type SignedCheckpoint, type TreeState, verify } from '../../log/index.js';
import { exitCode, UsageError } from '../exit.js';
import { assertLogExists, placeOf, withStore } from '../store.js';
import { checkpointsOf } from './prove.js';

interface VerifyCommandOptions {
  readonly head?: string;
  readonly checkpoint?: string;
  readonly key?: string;
  readonly json: boolean;
}

export function verifyCommand(): Command {
  return new Command('verify')
    .description('check every row and audit event again: exit 1 if some were changed, deleted or inserted')
    .option('--head <seq:hash>', 'a head printed earlier and kept elsewhere: its row must still have that hash')
    .option('--checkpoint <file>', 'signed checkpoints kept elsewhere: names the first thing that differs from them')
    .option('--key <key>', 'with --checkpoint: the verifier key that signed them, or a file with one per line')
    .option('--json', 'print as JSON', false)
    .action((options: VerifyCommandOptions) => verifyLog(options));
}

async function verifyLog({ head, checkpoint, key, json }: VerifyCommandOptions): Promise<void> {
  if ((checkpoint === undefined) !== (key === undefined))
    throw new UsageError(
      '--checkpoint and --key go together: a checkpoint proves nothing without the key that signed it',
    );
  const keptHead = head === undefined ? undefined : headIn(head);
  const checkpoints = checkpoint === undefined ? [] : await checkpointsOf(checkpoint, key);
  await assertLogExists(placeOf(process.env));
  const { state, tree } = await withStore(process.env, async ({ database }) => {
    const proofs = createLogProofs(database);
    assertOfThisLog(checkpoints, await proofs.originOf());
    const state = await verify(database.kysely, {
      ...(keptHead !== undefined && { keptHead }),
      onProgress: reportProgress,
    });
    const changed = new Map(state.faults.toReversed().map(({ id, problem }) => [id, problem]));
    return { state, tree: await proofs.treeFaults({ known: checkpoints, changed }) };
  });
  if (json) process.stdout.write(`${JSON.stringify({ ...state, tree })}\n`);
  else {
    for (const { id, problem } of state.faults) process.stdout.write(`${id}\t${problem}\n`);
    for (const { position, id, problem } of tree.faults)
      if (!state.faults.some((fault) => fault.id === id && fault.problem === problem))
        process.stdout.write(`${id}\t${position === null ? '' : `entry ${position}: `}${problem}\n`);
    for (const { size, holds } of tree.known)
      if (!holds) process.stdout.write(`checkpoint of ${size} entries\tthe log is not what was signed\n`);
    if (tree.first !== undefined) process.stdout.write(`first difference\t${tree.first}\n`);
    process.stdout.write(
      `${state.rows} rows, ${state.faults.length} faults; head ${state.head.seq} ${state.head.hash}\n`,
    );
    if (checkpoints.length > 0) process.stdout.write(`${treeLine(tree)}\n`);
  }
  const broken = tree.known.some(({ holds }) => !holds);
  if (state.faults.length > 0 || tree.faults.length > 0 || broken) process.exitCode = exitCode.someFailed;
}

function treeLine({ size, faults, known }: TreeState): string {
  const holding = known.filter(({ holds }) => holds).length;
  return `${size} entries in the tree, ${faults.length} faults; ${holding} of ${known.length} checkpoints hold`;
}

function assertOfThisLog(checkpoints: readonly SignedCheckpoint[], origin: string): void {
  const other = checkpoints.find((one) => one.origin !== origin);
  if (other !== undefined)
    throw new UsageError(`--checkpoint: a checkpoint is of another log, ${other.origin}; this is ${origin}`);
}

const progressEvery = 50_000;

/** A line now and then, which reads well both in a terminal and in the log of a nightly job. */
function reportProgress(rows: number, of: number): void {
  if (rows % progressEvery === 0) process.stderr.write(`${rows} of ${of} rows checked\n`);
}

/** `seq:hash`, or `seq hash` as a former `log verify` printed it. */
function headIn(text: string): ChainHead {
  const [, seq, hash] = /^(\d+)[: ]([0-9a-f]{64})$/i.exec(text.trim()) ?? [];
  if (seq === undefined || hash === undefined)
    throw new UsageError('--head takes a number and a hash of 64 hex digits, e.g. 1200:9f86d0…');
  return { seq: Number(seq), hash };
}
