import { isRecord } from './answers.js';
import type { LoadClient } from './client/index.js';
import type { BenchFilm } from './films.js';
import type { BenchOptions } from './options.js';
import { findingsOf, posted, singleReports } from './reports.js';
import { type RunningService, startService } from './service.js';

/** 200 films from 16 clients at once: 200 rows, each with the answered report, which is the film's report alone. */
export async function twoHundredSection(
  films: readonly BenchFilm[],
  client: LoadClient,
  options: BenchOptions,
): Promise<string[]> {
  const service = await startService(options);
  try {
    const alone = await singleReports(service, client, films);
    const before = await loggedReports(service);
    const answers = await posted(service, client, films, { clients: 16, seconds: 600, requests: 200 });
    const created = answers.filter(({ status }) => status === 201);
    const logged = await loggedReports(service);
    const sameAsAlone = created.filter(({ body, film }) => findingsOf(JSON.parse(body)) === alone[film]).length;
    const sameAsLogged = created.filter(
      ({ body }) => logged.get(idOf(JSON.parse(body))) === JSON.stringify(JSON.parse(body)),
    ).length;
    const rows = logged.size - before.size;
    const holds = [created.length, sameAsAlone, sameAsLogged, rows].every((count) => count === 200);
    if (!holds) process.exitCode = 1;
    return [
      '## 200 films at once',
      '',
      `200 films posted by 16 clients: ${created.length} answered 201, ${sameAsAlone} equal to the report of the ` +
        `film alone, ${rows} new rows, ${sameAsLogged} rows equal to the answer. ` +
        (holds ? 'Holds.' : '**Does not hold.**'),
      '',
    ];
  } finally {
    await service.stop();
  }
}

/** Every report in the log, by id, through the API as its submitter. */
async function loggedReports(service: RunningService): Promise<Map<string, string>> {
  const reports = new Map<string, string>();
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const response = await fetch(`${service.detections}?limit=100${query}`, { headers: service.headers });
    const page: unknown = await response.json();
    if (!isRecord(page) || !Array.isArray(page['items']))
      throw new Error(`no page of the log: ${JSON.stringify(page).slice(0, 300)}`);
    for (const item of page['items']) reports.set(idOf(item), JSON.stringify(withoutListing(item)));
    cursor = typeof page['nextCursor'] === 'string' ? page['nextCursor'] : null;
  } while (cursor !== null);
  return reports;
}

/** A list adds to each report whether its film is kept and how many boxes it has. */
function withoutListing(item: unknown): unknown {
  if (!isRecord(item)) return item;
  const { film: _film, boxCount: _boxCount, ...report } = item;
  return report;
}

function idOf(report: unknown): string {
  if (isRecord(report) && typeof report['id'] === 'string') return report['id'];
  throw new Error('a report without id');
}
