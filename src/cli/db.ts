import { Command } from 'commander';
import { migrationStatus, openDatabase } from '../database/index.js';
import { copyLog } from '../log/index.js';
import { UsageError } from './exit.js';
import { assertLogExists, placeOf } from './store.js';

/** `db migrate | status | copy` */
export function dbCommand(): Command {
  return new Command('db')
    .addCommand(
      new Command('migrate')
        .description('bring the schema up to date, as every start does')
        .option('--json', 'print the migrations as JSON', false)
        .action((options: { json: boolean }) => migrateStore(options)),
    )
    .addCommand(
      new Command('status')
        .description('show where it is, what it survives and which migrations it has')
        .option('--json', 'print as JSON', false)
        .action((options: { json: boolean }) => status(options)),
    )
    .addCommand(
      new Command('copy')
        .description('copy an embedded log, with accounts, into an empty Postgres')
        .requiredOption('--from <dir>', 'DATA_DIR of the embedded log; its service must be stopped')
        .requiredOption('--to <url>', 'postgres://…')
        .option('--json', 'print the counts as JSON', false)
        .action((options: { from: string; to: string; json: boolean }) => copy(options)),
    );
}

async function migrateStore({ json }: { readonly json: boolean }): Promise<void> {
  const at = placeOf(process.env);
  const before = await openDatabase({ at, forward: true, migrate: false });
  const { pending } = await migrationStatus(before.kysely).finally(() => before.close());
  if (pending.length > 0) await (await openDatabase({ at, forward: true })).close();
  process.stdout.write(json ? `${JSON.stringify({ steps: pending })}\n` : pending.map((name) => `${name}\n`).join(''));
  process.stderr.write(pending.length === 0 ? 'The schema was up to date.\n' : `${pending.length} steps ran.\n`);
}

async function status({ json }: { readonly json: boolean }): Promise<void> {
  const at = placeOf(process.env);
  await assertLogExists(at);
  const database = await openDatabase({ at, forward: true, migrate: false });
  try {
    const steps = await migrationStatus(database.kysely);
    const head =
      steps.pending.length > 0
        ? undefined
        : await database.kysely.selectFrom('chain_head').select(['seq', 'hash']).executeTakeFirst();
    const found = {
      kind: database.kind,
      durability: database.durability,
      heldByService: database.forwarded,
      steps,
      rows: head?.seq ?? null,
      chainHead: head === undefined ? null : Buffer.from(head.hash).toString('hex'),
    };
    process.stdout.write(
      json
        ? `${JSON.stringify(found, null, 2)}\n`
        : [
            `kind        ${found.kind}${found.heldByService ? ' (held by a running service)' : ''}`,
            `durability  ${found.durability}`,
            `steps done  ${steps.done.join(', ')}`,
            `pending     ${steps.pending.join(', ') || '-'}`,
            `unknown     ${steps.unknown.join(', ') || '-'}`,
            `rows        ${found.rows ?? '-'}`,
            `chain head  ${found.chainHead ?? '-'}`,
            '',
          ].join('\n'),
    );
  } finally {
    await database.close();
  }
}

async function copy({
  from,
  to,
  json,
}: {
  readonly from: string;
  readonly to: string;
  readonly json: boolean;
}): Promise<void> {
  if (!/^postgres(ql)?:\/\//.test(to)) throw new UsageError('--to is the URL of a Postgres: postgres://…');
  await assertLogExists({ dataDir: from });
  // Not forwarded: what a running service logs meanwhile would be missing from the copy.
  const source = await openDatabase({ at: { dataDir: from } });
  try {
    const target = await openDatabase({ at: { url: to }, statementTimeoutMs: 10 * 60_000 });
    const rows = await copyLog(source.kysely, target.kysely).finally(() => target.close());
    process.stdout.write(
      json
        ? `${JSON.stringify(rows)}\n`
        : Object.entries(rows)
            .map(([table, count]) => `${table}\t${count}\n`)
            .join(''),
    );
    process.stderr.write(
      'Copied; counts and chain agree. Start the service with DATABASE_URL now, and keep the folder until you have a ' +
        'backup. Kept films stay where they are: set IMAGE_STORE_DIR to their folder, or move it.\n',
    );
  } finally {
    await source.close();
  }
}
