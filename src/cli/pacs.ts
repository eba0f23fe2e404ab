import closeWithGrace from 'close-with-grace';
import { Argument, Command } from 'commander';
import { pino } from 'pino';
import { readConfig } from '../config.js';
import { countFilms, requeueFilms, SourcesError, troubledFilms } from '../pacs/index.js';
import { startPacs } from '../startPacs.js';
import { exitCode, UsageError, wrongUse } from './exit.js';
import { assertLogExists, placeOf, withStore } from './store.js';
import { table } from './table.js';

/** `pacs once | run | status | requeue` */
export function pacsCommand(): Command {
  return new Command('pacs')
    .addCommand(
      new Command('once')
        .description('one pass over every PACS of PACS_SOURCES: analyse what is new, store results, end')
        .option('--json', 'print the counts as JSON', false)
        .action((options: { json: boolean }) => once(options)),
    )
    .addCommand(
      new Command('run')
        .description('the worker alone, without the service; the service runs it by itself where PACS_SOURCES is set')
        .action(() => run()),
    )
    .addCommand(
      new Command('status')
        .description(
          'films by source and state, and each one that failed or is tried again; exit 1 if any was given up',
        )
        .option('--json', 'print as JSON', false)
        .action((options: { json: boolean }) => status(options)),
    )
    .addCommand(
      new Command('requeue')
        .description('try films again at once that were given up or wait for their next try')
        .addArgument(new Argument('[id...]', 'as `pacs status` shows them'))
        .option('--all', 'every one of them', false)
        .action((ids: string[], options: { all: boolean }) => requeue(ids, options)),
    );
}

async function once({ json }: { readonly json: boolean }): Promise<void> {
  const { worker, close } = await start();
  const films: Record<string, number> = {};
  let failedSweeps = 0;
  worker.observe({
    onFilm: (_source, outcome) => void (films[outcome] = (films[outcome] ?? 0) + 1),
    onSweep: (_source, outcome) => void (failedSweeps += outcome === 'failed' ? 1 : 0),
  });
  await worker.once().finally(close);
  process.stdout.write(
    json
      ? `${JSON.stringify({ films, sources: worker.status() })}\n`
      : table(Object.entries(films).map(([outcome, count]) => [outcome, String(count)])),
  );
  if (failedSweeps > 0 || (films['failed'] ?? 0) > 0) process.exitCode = exitCode.someFailed;
}

async function run(): Promise<void> {
  const { worker, close } = await start();
  worker.start();
  closeWithGrace({ delay: 60_000 }, async () => {
    await close();
  });
}

async function start() {
  const config = readConfig(process.env);
  try {
    return await startPacs(config, pino({ level: config.LOG_LEVEL }, pino.destination(2)));
  } catch (error) {
    throw error instanceof SourcesError ? wrongUse(error) : error;
  }
}

async function status({ json }: { readonly json: boolean }): Promise<void> {
  await assertLogExists(placeOf(process.env));
  const [sources, films] = await withStore(process.env, async ({ database }) => [
    await countFilms(database),
    await troubledFilms(database),
  ]);
  if (json) process.stdout.write(`${JSON.stringify({ sources, films })}\n`);
  else {
    const counts = sources.map((each) => [each.source, each.waiting, each.active, each.retry, each.failed, each.done]);
    process.stdout.write(table([['source', 'waiting', 'active', 'retry', 'failed', 'done'], ...counts.map(texts)]));
    for (const { id, source, state, tries, code, message } of films)
      process.stdout.write(`${id}  ${source}  ${state} after ${tries}  ${code}: ${message}\n`);
  }
  if (films.some(({ state }) => state === 'failed')) process.exitCode = exitCode.someFailed;
}

function texts(row: readonly (string | number)[]): string[] {
  return row.map(String);
}

async function requeue(ids: readonly string[], { all }: { readonly all: boolean }): Promise<void> {
  if (all === ids.length > 0) throw new UsageError('name films by their ids, or say --all');
  const damaged = ids.find((id) => !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id));
  if (damaged !== undefined) throw new UsageError(`${damaged} is no id of a film: see \`pacs status\``);
  await assertLogExists(placeOf(process.env));
  const count = await withStore(process.env, ({ database }) => requeueFilms(database, all ? undefined : ids));
  process.stderr.write(`${count} films are tried again.\n`);
}
