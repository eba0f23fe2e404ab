import fc from 'fast-check';
import t, { type Test } from 'tap';
import { openDatabase } from '../../src/database/index.js';
import {
  createDetectionLog,
  type DetectionEntry,
  type DetectionFilter,
  type DetectionLog,
  type ListSort,
  listSorts,
} from '../../src/log/index.js';
import { onEachBackend } from '../backends.js';
import { entry, model } from './entries.js';

const states = ['findings', 'below-threshold', 'not-analysed'] as const;
const day = Date.UTC(2026, 7, 30);
const dayMs = 24 * 60 * 60_000;

const numbers: Readonly<Record<string, (film: DetectionEntry) => number | null>> = {
  createdAt: ({ report }) => Date.parse(report.createdAt),
  filmScore: ({ report }) => (report.state === 'not-analysed' ? null : report.filmScore),
  boxCount: ({ report }) => (report.state === 'not-analysed' ? null : report.detections.length),
};

const time = fc.integer({ min: -1, max: 6 * 24 }).map((hours) => new Date(day + hours * 3600_000));
const anyTime = fc.oneof(time, fc.constantFrom(new Date('0001-01-01'), new Date('9999-12-31T23:59:59Z')));
const anyFilter: fc.Arbitrary<DetectionFilter> = fc.record(
  {
    state: fc.constantFrom(...states),
    model: fc.constantFrom(model.name, model.name, 'another'),
    submitter: fc.constantFrom('ris', 'pacs'),
    class: fc.constantFrom('opacity', 'nodule'),
    minFilmScore: fc.constantFrom(0, 0.4, 0.7),
    from: anyTime,
    to: anyTime,
  },
  { requiredKeys: [] },
);

await onEachBackend(t, async (t, backend) => {
  const database = await openDatabase({ at: await backend.place() });
  t.teardown(() => database.close());
  const log = createDetectionLog(database);
  await log.rememberModel(model);
  const films = madeFilms();
  for (const film of films) await log.append(film);

  await t.test('every order is walked page by page, each row once', (t) => walks(t, log, films));
  await t.test('as many rows are counted as a list has', (t) => counts(t, log, films));
  await t.test('a page behind a row that is not there is empty', async (t) => {
    const after = '0198f0c2-0000-7000-8000-000000000000';
    t.strictSame(await log.list({}, { limit: 5, sort: 'filmScore', after }), []);
    await t.rejects(log.list({}, { limit: 5, sort: 'boxCount', after: 'no-uuid' }), TypeError);
  });
  await t.test('more rows than can be counted at once are counted from the sums of days only', async (t) => {
    await database.kysely
      .updateTable('film_tallies')
      .set({ findings: 3_000_000_000 / 2 })
      .execute();
    t.ok(((await log.count({ state: 'findings' })) ?? 0) >= 1_500_000_000);
  });
});

/** Over five days and two months, with few scores, so that many rows have the same. */
function madeFilms(): readonly DetectionEntry[] {
  return Array.from({ length: 120 }, (_, i) => {
    const film = entry({
      state: states[i % 7 === 0 ? 2 : i % 2]!,
      filmScore: (i % 5) / 5,
      submitter: ['ris', 'pacs'][i % 2]!,
      class: ['opacity', 'nodule'][(i >> 1) % 2]!,
      at: new Date(day + (i % 5) * dayMs + i * 1000),
    });
    return i % 3 === 0 ? withTwoBoxes(film) : film;
  });
}

function withTwoBoxes(film: DetectionEntry): DetectionEntry {
  if (film.report.state !== 'findings') return film;
  const report = { ...film.report, detections: [...film.candidates] };
  return { ...film, report, reportText: JSON.stringify(report) };
}

/** The same order in TypeScript. */
function sorted(films: readonly DetectionEntry[], sort: ListSort): string[] {
  const sign = sort.startsWith('-') ? -1 : 1;
  const number = numbers[sort.replace('-', '')]!;
  const byId = (a: DetectionEntry, b: DetectionEntry) => (a.report.id < b.report.id ? -sign : sign);
  const byNumber = (a: DetectionEntry, b: DetectionEntry) => sign * (number(a)! - number(b)!) || byId(a, b);
  const known = films.filter((film) => number(film) !== null).toSorted(byNumber);
  return [...known, ...films.filter((film) => number(film) === null).toSorted(byId)].map(({ report }) => report.id);
}

function holds(filter: DetectionFilter, { report }: DetectionEntry): boolean {
  const analysed = report.state !== 'not-analysed';
  const classes = analysed ? report.detections.map((box) => box.class) : [];
  return (
    (filter.state === undefined || report.state === filter.state) &&
    (filter.model === undefined || report.model.name === filter.model) &&
    (filter.submitter === undefined || report.submitter === filter.submitter) &&
    (filter.class === undefined || classes.includes(filter.class)) &&
    (filter.minFilmScore === undefined || (analysed && report.filmScore >= filter.minFilmScore)) &&
    (filter.from === undefined || Date.parse(report.createdAt) >= filter.from.getTime()) &&
    (filter.to === undefined || Date.parse(report.createdAt) < filter.to.getTime())
  );
}

async function walks(t: Test, log: DetectionLog, films: readonly DetectionEntry[]): Promise<void> {
  const walk = async (filter: DetectionFilter, sort: ListSort, limit: number) => {
    const seen: string[] = [];
    for (let after: string | undefined; ;) {
      const page = await log.list(filter, { limit, sort, ...(after !== undefined && { after }) });
      seen.push(...page.map(({ id }) => id));
      after = page.at(-1)?.id;
      if (after === undefined) return seen;
    }
  };
  for (const sort of listSorts) t.strictSame(await walk({}, sort, 25), sorted(films, sort), sort);
  await fc.assert(
    fc.asyncProperty(anyFilter, fc.constantFrom(...listSorts), fc.constantFrom(11, 40), async (filter, sort, limit) => {
      const expected = sorted(
        films.filter((film) => holds(filter, film)),
        sort,
      );
      t.strictSame(await walk(filter, sort, limit), expected, `${sort} of ${JSON.stringify(filter)}`);
    }),
    { seed: 7, numRuns: 30 },
  );
}

async function counts(t: Test, log: DetectionLog, films: readonly DetectionEntry[]): Promise<void> {
  t.equal(await log.count({}), films.length);
  await fc.assert(
    fc.asyncProperty(anyFilter, async (filter) => {
      const expected = films.filter((film) => holds(filter, film)).length;
      t.equal(await log.count(filter), expected, JSON.stringify(filter));
    }),
    { seed: 7, numRuns: 60 },
  );
}
