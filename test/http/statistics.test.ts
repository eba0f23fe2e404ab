import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { type Database, DatabaseUnavailable, openDatabase } from '../../src/database/index.js';
import { createDetectionLog } from '../../src/log/index.js';
import { tail } from '../../src/http/detections/tail.js';
import { daysOf } from '../../src/http/statistics/days.js';
import { dayPlot } from '../../src/http/statistics/dayPlot.js';
import { axisOver } from '../../src/svg/index.js';
import { onEachBackend } from '../backends.js';
import { entry, model } from '../log/entries.js';
import { testService } from './fakes.js';

/** What operators look at: counts, quantiles, plots, and rows as they are committed. */

async function serviceOn(t: Test, database: Database) {
  const log = createDetectionLog(database);
  await log.rememberModel(model);
  const service = testService({ dependencies: { log } });
  t.teardown(() => service.app.close());
  return { ...service, log, operator: await service.as('operator') };
}

interface Body {
  readonly days: {
    day: string;
    findings: number;
    belowThreshold: number;
    notAnalysed: number;
    latencyMs: { p50: number; p95: number } | null;
    scoreDeciles: number[] | null;
  }[];
  readonly submitters: { name: string; findings: number }[];
  readonly total: object;
}

/** Reads server-sent events until there are enough of them. */
class Reader {
  text = '';
  constructor(readonly answer: IncomingMessage) {
    answer.setEncoding('utf8').on('data', (chunk: string) => (this.text += chunk));
  }

  static async open(port: number, headers: Record<string, string>): Promise<Reader> {
    const request = get({ port, path: '/v1/detections/tail', headers });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    return new Reader(answer);
  }

  events(): { id: string; data: Record<string, unknown> }[] {
    return [...this.text.matchAll(/^id: (\d+)\nevent: detection\ndata: (.*)\n\n/gm)].map(([, id = '', data = '']) => ({
      id,
      data: JSON.parse(data) as Record<string, unknown>,
    }));
  }

  async until(count: number): Promise<Reader['events'] extends () => infer E ? E : never> {
    while (this.events().length < count) await once(this.answer, 'data');
    return this.events();
  }
}

await onEachBackend(t, async (t, backend) => {
  const database = await openDatabase({ at: await backend.place() });
  t.teardown(() => database.close());
  const { app, log, operator } = await serviceOn(t, database);
  const ask = (query: string) => app.inject({ url: `/v1/statistics${query}`, headers: operator });

  await t.test('counts and quantiles are those of the rows', async (t) => {
    t.match(
      (await ask('?from=2026-03-01&to=2026-04-01')).json(),
      {
        days: [],
        models: [],
        submitters: [],
        reasons: [],
        total: { findings: 0, latencyMs: null, scoreDeciles: null },
      },
      'of no rows: none',
    );
    const at = (day: number, hour = 12) => new Date(Date.UTC(2026, 2, day, hour));
    // 2 March: scores 0.1 … 0.9; 3 March: one that was not analysed; the last millisecond before and the first after
    // are others'.
    for (let i = 1; i <= 9; i++)
      await log.append(entry({ at: at(2, i), filmScore: i / 10, state: i > 4 ? 'findings' : 'below-threshold' }));
    await log.append(entry({ at: at(3), state: 'not-analysed', submitter: 'pacs' }));
    await log.append(entry({ at: new Date(Date.UTC(2026, 2, 1) - 1) }));
    await log.append(entry({ at: new Date(Date.UTC(2026, 3, 1)) }));

    const body = (await ask('?from=2026-03-01&to=2026-04-01')).json<Body>();
    t.same(
      body.days.map(({ day }) => day),
      ['2026-03-02', '2026-03-03'],
    );
    const [second, third] = body.days;
    t.match(second, { findings: 5, belowThreshold: 4, notAnalysed: 0 });
    // percentile_cont over nine values: the kth decile lies at 1 + 0.8 k, so the fifth is the fifth value, 0.5.
    t.same(
      second!.scoreDeciles!.map((value) => Math.round(value * 100) / 100),
      [0.18, 0.26, 0.34, 0.42, 0.5, 0.58, 0.66, 0.74, 0.82],
    );
    // 0.4 + 9.1 + 71 + 0.3 for each of them.
    t.same(
      [second!.latencyMs!.p50, second!.latencyMs!.p95].map((ms) => Math.round(ms * 10) / 10),
      [80.8, 80.8],
    );
    t.match(
      third,
      { findings: 0, notAnalysed: 1, latencyMs: null, scoreDeciles: null },
      'what was not analysed has neither score nor latency',
    );
    t.match(body, {
      total: { findings: 5, belowThreshold: 4, notAnalysed: 1 },
      models: [{ name: 'cxr-test', version: '1.0.0', findings: 5 }],
      submitters: [
        { name: 'pacs', notAnalysed: 1 },
        { name: 'ris', findings: 5 },
      ],
      reasons: [{ code: 'engine-failed', films: 1 }],
    });
    t.match((await ask('?from=2026-03-01&to=2026-04-01&submitter=pacs')).json(), {
      total: { findings: 0, notAnalysed: 1 },
    });
    t.match((await ask(`?from=2026-03-01&to=2026-04-01&model=${encodeURIComponent("x' or '1'='1")}`)).json(), {
      total: { findings: 0, notAnalysed: 0 },
    });
    t.match((await ask('?from=2026-04-01&to=2026-03-01')).json(), { code: 'bad-parameter', detail: /must be before/ });
    t.match((await ask('?from=2020-01-01&to=2026-03-01')).json(), { code: 'bad-parameter', detail: /366 days/ });
    t.match((await ask('?state=findings')).json(), { code: 'bad-parameter' });
  });

  await t.test('plots say in words what they show', async (t) => {
    for (const [plot, words] of [
      ['volume', /10 films in 31 days, at most 9 a day/],
      ['states', /5 with findings, 4 below the threshold, 1 not analysed/],
      ['latency', /Half of the films within 80.8 ms/],
      ['scores', /median film score is 0.5/],
    ] as const) {
      const answer = await ask(`/${plot}.svg?from=2026-03-01&to=2026-04-01`);
      t.match(answer.headers['content-type'], /^image\/svg\+xml/);
      t.match(answer.body, words, plot);
      t.match(answer.body, /<rect|<path/);
      t.notMatch(answer.body, /NaN|Infinity|undefined|style=|<script/);
    }
    t.match((await ask('/volume.svg?from=2025-03-01&to=2025-04-01')).body, /No films in this period/);
    // 2 March has a film in each hour from 1 to 9 o'clock, 3 March one at noon; the first hour asked for is a part.
    const hours = (await ask('/volume.svg?from=2026-03-02T04:30:00Z&to=2026-03-03T13:00:00Z')).body;
    t.match(hours, /Films an hour/, 'of two days, every hour is drawn');
    t.match(hours, /6 films in 33 hours, at most 1 an hour/);
    t.match(hours, />04:00</);
    t.equal(hours.match(/height="168"/g)?.length, 6, 'a bar for each hour with a film');
    t.match((await ask('/other.svg')).json(), { code: 'bad-parameter' });
  });

  await t.test(
    'rows are followed as they are committed, missed ones come after a break, and the end of the service ends it',
    async (t) => {
      const { app, log, operator, accounts } = await serviceOn(t, database);
      await app.listen({ port: 0, host: '127.0.0.1' });
      const { port } = app.server.address() as AddressInfo;
      const first = await Reader.open(port, operator);
      t.equal(first.answer.headers['content-type'], 'text/event-stream; charset=utf-8');
      t.equal(first.answer.headers['cache-control'], 'no-store');
      while (!first.text.includes('retry:')) await once(first.answer, 'data');
      t.same(first.events(), [], 'from now on');
      // The second one got its id earlier, and was committed later.
      const rows = [
        entry({ submitter: 'ris' }),
        entry({ submitter: 'pacs', at: new Date(Date.now() - 60_000), state: 'not-analysed' }),
      ];
      for (const row of rows) await log.append(row);
      const events = await first.until(2);
      t.match(
        events.map(({ data }) => data),
        [
          {
            id: rows[0]!.report.id,
            state: 'findings',
            boxCount: 1,
            filmScore: 0.87,
            submitter: 'ris',
            latencyMs: 80.8,
            model: { name: 'cxr-test' },
            reason: null,
          },
          { id: rows[1]!.report.id, state: 'not-analysed', boxCount: null, filmScore: null, reason: 'engine-failed' },
        ],
      );
      first.answer.destroy();
      const later = entry();
      await log.append(later);
      const back = await Reader.open(port, { ...operator, 'last-event-id': events[0]!.id });
      t.match(
        (await back.until(2)).map(({ data }) => data['id']),
        [rows[1]!.report.id, later.report.id],
        'none twice, none missed',
      );
      const { token } = await accounts.issueToken({ subject: 'r', role: 'radiologist', lifetimeS: 60 });
      const headers = { authorization: `Bearer ${token}` };
      t.equal((await app.inject({ url: '/v1/detections/tail', headers })).statusCode, 403);
      await Promise.all([app.close(), once(back.answer, 'end')]);
      t.pass('it ended');
    },
  );
});

t.test('who is shut out in the meantime hears no more, and an absent database is waited for', async (t) => {
  let asked = 0;
  let calls = 0;
  const following = () => {
    calls += 1;
    return calls === 2 ? Promise.reject(new DatabaseUnavailable('away')) : Promise.resolve({ rows: [], position: 0 });
  };
  const mayGoOn = () => {
    asked += 1;
    return asked === 1 ? Promise.reject(new DatabaseUnavailable('away')) : Promise.resolve(asked < 4);
  };
  const heard: string[] = [];
  for await (const text of tail(
    { following },
    { after: 0, signal: new AbortController().signal, mayGoOn, pauseMs: 1, accessCheckMs: 0 },
  ))
    heard.push(text);
  t.equal(asked, 4);
  t.equal(calls, 3, 'nothing is read for who may not');
  t.same(heard, ['retry: 2000\n\n']);
});

t.test('every day of a period has its place, and every axis holds its values', (t) => {
  t.same(daysOf({ from: new Date('2026-02-27T10:00:00Z'), to: new Date('2026-03-02T00:00:00Z') }), [
    '2026-02-27',
    '2026-02-28',
    '2026-03-01',
  ]);
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (value) => {
      const { to: top } = axisOver('', [0, value]);
      return top >= value * (1 - 1e-6) && top <= value * 2.6;
    }),
    { seed: 4, numRuns: 300 },
  );
  t.equal(axisOver('', [0, 0], { whole: true }).to, 1);
  const svg = dayPlot({
    title: '<a> & "b"',
    description: "it's",
    days: ['2026-03-01'],
    greatest: 1,
    unit: '',
    counts: true,
    legend: [],
    body: () => '',
  });
  t.notMatch(svg, /<a>/, 'names from outside stay text');
  for (const greatest of [1, 2, 4, 9, 30, 77]) {
    const counted = dayPlot({
      title: '',
      description: '',
      days: ['2026-03-01'],
      greatest,
      unit: '',
      counts: true,
      legend: [],
      body: () => '',
    });
    t.notMatch(counted, />\d+\.\d+</, `no half films up to ${greatest}`);
  }
  t.end();
});
