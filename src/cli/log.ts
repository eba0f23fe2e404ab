import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import type { DetectionLog } from '../log/index.js';
import { UsageError } from './exit.js';
import { proofCommands } from './log/prove.js';
import { verifyCommand } from './log/verify.js';
import { assertLogExists, operatorName, placeOf, withStore } from './store.js';

/** `log verify | export | erase | proof | consistent | rotate-key` */
export function logCommand(): Command {
  const command = new Command('log')
    .addCommand(verifyCommand())
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
  for (const proof of proofCommands()) command.addCommand(proof);
  return command;
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
