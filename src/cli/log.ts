import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import { type ChainHead, type DetectionLog, verify } from '../log/index.js';
import { exitCode, UsageError } from './exit.js';
import { assertLogExists, operatorName, placeOf, withStore } from './store.js';

/** `log verify | export | erase` */
export function logCommand(): Command {
  return new Command('log')
    .addCommand(
      new Command('verify')
        .description('walk the chain again: exit 1 if rows were changed, deleted or inserted')
        .option('--head <seq:hash>', 'a head printed earlier and kept elsewhere: its row must still have that hash')
        .option('--json', 'print as JSON', false)
        .action((options: { head?: string; json: boolean }) => verifyLog(options)),
    )
    .addCommand(
      new Command('export')
        .description('all reports, newest first; the last line confirms that the export is complete')
        .addOption(new Option('--format <format>').choices(['ndjson']).default('ndjson'))
        .action(() => exportLog()),
    )
    .addCommand(
      new Command('erase')
        .description('erase what points to a patient from the rows that match every option given; the reports stay')
        .option('--patient-ref <text>')
        .option('--external-id <text>')
        .option('--accession-number <text>')
        .option('--id <uuid>', 'one row')
        .option('--json', 'print as JSON', false)
        .action((options: EraseOptions) => erase(options)),
    );
}

async function verifyLog({ head, json }: { readonly head?: string; readonly json: boolean }): Promise<void> {
  const keptHead = head === undefined ? undefined : headIn(head);
  await assertLogExists(placeOf(process.env));
  const state = await withStore(process.env, ({ database }) =>
    verify(database.kysely, { ...(keptHead !== undefined && { keptHead }), onProgress: reportProgress }),
  );
  if (json) process.stdout.write(`${JSON.stringify(state)}\n`);
  else {
    for (const { id, problem } of state.faults) process.stdout.write(`${id}\t${problem}\n`);
    process.stdout.write(
      `${state.rows} rows, ${state.faults.length} faults; head ${state.head.seq} ${state.head.hash}\n`,
    );
  }
  if (state.faults.length > 0) process.exitCode = exitCode.someFailed;
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

async function exportLog(): Promise<void> {
  await assertLogExists(placeOf(process.env));
  await withStore(process.env, ({ log }) => pipeline(Readable.from(ndjson(log)), process.stdout, { end: false }));
}

async function* ndjson(log: DetectionLog): AsyncGenerator<string, void> {
  let rows = 0;
  for await (const { reportText } of log.stream({})) {
    rows++;
    yield `${reportText}\n`;
  }
  yield `${JSON.stringify({ complete: true, rows })}\n`;
}

interface EraseOptions {
  readonly patientRef?: string;
  readonly externalId?: string;
  readonly accessionNumber?: string;
  readonly id?: string;
  readonly json: boolean;
}

async function erase({ json, ...filter }: EraseOptions): Promise<void> {
  if (Object.keys(filter).length === 0)
    throw new UsageError('choose whose references to erase: --patient-ref, --external-id, --accession-number or --id');
  await assertLogExists(placeOf(process.env));
  const rows = await withStore(process.env, ({ log }) => log.eraseReferences(filter, operatorName()));
  if (json) process.stdout.write(`${JSON.stringify({ rows })}\n`);
  process.stderr.write(`References of ${rows} rows were erased.\n`);
}
