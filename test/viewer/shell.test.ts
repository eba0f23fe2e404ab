import fc from 'fast-check';
import t from 'tap';
import { readReport } from '../../src/viewer/api/answers.js';
import { backoffMs } from '../../src/viewer/api/connection.js';
import { ApiFault, faultOf } from '../../src/viewer/api/fault.js';
import { withQuery } from '../../src/viewer/api/query.js';
import { createSessionState } from '../../src/viewer/api/sessionState.js';
import { AnswerError, type AnswerSchema, checkAnswer } from '../../src/viewer/api/answerSchema.js';
import { apiFilter, filterOf, type FilmFilter, noFilter, noSearch, pathOf } from '../../src/viewer/app/filmFilter.js';
import { pathInside, routeOf } from '../../src/viewer/app/route.js';
import { keepingText } from '../../src/viewer/app/keepingText.js';
import {
  dayOf,
  earliestDay,
  instantOf,
  isDate,
  moment,
  momentToSecond,
  when,
  zoneOf,
} from '../../src/viewer/ui/dates.js';
import { expiryStep, warnAheadMs } from '../../src/viewer/shell/expiryStep.js';

t.test('every address leads to its page', (t) => {
  t.strictSame(routeOf('/'), { page: 'films', query: '' });
  t.strictSame(routeOf('/films?state=findings'), { page: 'films', query: '?state=findings' });
  t.strictSame(routeOf('/films/0198f0c2'), { page: 'film', id: '0198f0c2' });
  t.strictSame(routeOf('/films/a%20b'), { page: 'film', id: 'a b' });
  t.strictSame(routeOf('/films/%E0%A4'), { page: 'film', id: '%E0%A4' }, 'a damaged escape is an id that is not there');
  t.strictSame(routeOf('/operators'), { page: 'operators', tab: 'statistics' });
  t.strictSame(routeOf('/operators/users'), { page: 'operators', tab: 'users' });
  for (const path of ['/operators/nothing', '/films/a/b', '/account/x', '/elsewhere'])
    t.equal(routeOf(path).page, 'nowhere', path);
  t.end();
});

t.test('signing in never leads to another site', (t) => {
  t.equal(pathInside('/films/7?x=1'), '/films/7?x=1');
  for (const next of [
    null,
    '',
    'films',
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
  ])
    t.equal(pathInside(next), '/films', String(next));
  fc.assert(
    fc.property(
      fc.string(),
      (next) => new URL(pathInside(next), 'https://here.example').origin === 'https://here.example',
    ),
    { seed: 9, numRuns: 1000 },
  );
  t.end();
});

t.test('a filter survives its address, and what points to a patient is never in it', (t) => {
  const day = fc.constantFrom('', '2026-01-31', '2026-11-21');
  const text = fc.string({ maxLength: 20 });
  const filter: fc.Arbitrary<FilmFilter> = fc.record(
    {
      state: fc.constantFrom('', 'findings', 'below-threshold', 'not-analysed'),
      model: text,
      class: text,
      submitter: text,
      from: day,
      to: day,
      minScore: fc.constantFrom('', '0', '0.35', '1'),
      sort: fc.constantFrom('', 'createdAt', '-filmScore', 'boxCount'),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(filter, (given) => {
      const found = filterOf(pathOf(given).slice('/films'.length));
      return Object.entries(given).every(([name, value]) =>
        Object.entries(found).some(([other, read]) => other === name && read === value),
      );
    }),
    { seed: 9, numRuns: 300 },
  );
  t.strictSame(
    filterOf('?state=normal&minScore=2&from=yesterday&patientRef=P-1'),
    noFilter,
    'what is no filter is left out',
  );
  t.end();
});

t.test('days are in the time zone of the user, both included', (t) => {
  const query = apiFilter(
    { ...noFilter, from: '2026-03-01', to: '2026-03-01', minScore: '0.5' },
    { by: 'accessionNumber', text: ' A-9 ' },
  );
  t.equal(query.from, new Date(2026, 2, 1).toISOString());
  t.equal(query.to, new Date(2026, 2, 2).toISOString(), 'until the next day begins');
  for (const typed of ['0002-01-01', '0020-01-01', '0202-12-31', '1969-12-31']) {
    t.strictSame(
      [instantOf(typed, 0), instantOf(typed, 1)],
      [undefined, undefined],
      `${typed}: a year typed half way is no day`,
    );
  }
  t.ok(Date.parse(instantOf(earliestDay, 0) ?? '') >= 0, 'the earliest day is one that the server knows');
  t.strictSame(
    ['1958-03-01', '2024-02-29', '2026-02-29', '2026-13-01', '0026-01-01', '2026-1-1', ''].map(isDate),
    [true, true, false, false, false, false, false],
    'a study may be older than the instants of the server, and is a day of the calendar',
  );
  t.equal(query.minFilmScore, 0.5);
  t.equal(query.accessionNumber, 'A-9');
  t.equal(apiFilter(noFilter, { by: 'sha256', text: ' AB12 ' }).sha256, 'ab12', 'as PowerShell prints it');
  t.equal(apiFilter(noFilter, { by: 'externalId', text: 'AB12' }).externalId, 'AB12');
  t.equal(apiFilter(noFilter, noSearch).patientRef, undefined);
  t.equal(withQuery('/v1/detections', { ...apiFilter(noFilter, noSearch), limit: 5 }), '/v1/detections?limit=5');
  t.end();
});

t.test('every date has one form, whatever the language of the browser, and a time says its zone', (t) => {
  const time = new Date(2026, 2, 1, 9, 5, 7).toISOString();
  t.equal(moment(time), '2026-03-01 09:05');
  t.equal(dayOf(time), '2026-03-01');
  t.equal(momentToSecond(time), '2026-03-01 09:05:07');
  t.equal(when(time), `2026-03-01 09:05 ${zoneOf(time)}`);
  const zones = (name: string) => {
    process.env['TZ'] = name;
    return [zoneOf('2026-01-15T12:00:00Z'), zoneOf('2026-07-15T12:00:00Z')];
  };
  const before = process.env['TZ'];
  t.strictSame(zones('UTC'), ['UTC', 'UTC']);
  t.strictSame(zones('Europe/Berlin'), ['UTC+1', 'UTC+2'], 'summer time has another');
  t.strictSame(zones('America/St_Johns'), ['UTC-3:30', 'UTC-2:30']);
  if (before === undefined) delete process.env['TZ'];
  else process.env['TZ'] = before;
  t.end();
});

t.test('the page says what becomes of a film', (t) => {
  const site = { imageStore: 'disk', keepDays: 30 } as const;
  t.equal(keepingText(site), 'Films are kept 30 days on this server');
  t.equal(keepingText({ ...site, keepDays: 1 }), 'Films are kept 1 day on this server');
  t.equal(keepingText({ ...site, imageStore: 'none' }), 'Films are not kept on this server: only reports are');
  t.end();
});

t.test('a session is warned of two minutes ahead', (t) => {
  t.strictSame(expiryStep(1_000_000, 1_000_000 - warnAheadMs - 5000), { kind: 'wait', ms: 5000 });
  t.strictSame(expiryStep(1_000_000, 1_000_000 - warnAheadMs), { kind: 'warn', endsInMs: warnAheadMs });
  t.strictSame(expiryStep(1_000_000, 1_000_000), { kind: 'ended' });
  t.strictSame(expiryStep(1_000_000, 2_000_000), { kind: 'ended' }, 'after a laptop slept over it');
  t.end();
});

t.test("a session ends by the server's clock, whatever this machine's says", (t) => {
  let hereMs = Date.parse('2026-11-21T11:00:00Z');
  const session = createSessionState(() => hereMs);
  t.equal(session.serverNow(), hereMs, 'until an answer has told');
  session.noteExpiry(null, 'Sat, 21 Nov 2026 10:00:00 GMT');
  t.equal(session.serverNow(), Date.parse('2026-11-21T10:00:00Z'), 'an hour ahead of it');
  hereMs += 90_000;
  session.noteExpiry(null, null);
  t.equal(session.serverNow(), Date.parse('2026-11-21T10:01:30Z'), 'an answer without a date changes nothing');
  session.noteExpiry(null, 'Sat, 21 Nov 2026 13:00:00 GMT');
  t.equal(session.serverNow(), Date.parse('2026-11-21T13:00:00Z'), 'or behind');
  t.end();
});

t.test('pauses between attempts double from one second to thirty', (t) => {
  t.strictSame(
    [1, 2, 3, 4, 5, 6, 60].map((attempt) => backoffMs(attempt, 1)),
    [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000],
  );
  t.equal(backoffMs(3, 0), 2000, 'and are drawn between half and all of that');
  t.end();
});

t.test('a fault says whether the same call may succeed later', (t) => {
  const problem = (status: number, code: string, more = {}) =>
    faultOf(status, JSON.stringify({ code, detail: 'd', ...more }), null);
  t.ok(faultOf(503, '{"code":"queue-full","detail":"d"}', '2').passing);
  t.equal(faultOf(503, '{"code":"queue-full","detail":"d"}', '2').retryAfterS, 2);
  t.ok(faultOf(502, '<html>bad gateway</html>', null).passing, 'a proxy in front of a server that restarts');
  t.equal(faultOf(502, '<html>', null).code, 'http-502');
  t.notOk(
    problem(504, 'deadline', { detectionId: 'row' }).passing,
    'its row is written: it is not sent again by itself',
  );
  t.notOk(problem(500, 'internal').passing);
  t.notOk(problem(409, 'conflict').passing, 'a name that is taken');
  t.ok(faultOf(409, '{"code":"conflict","detail":"d"}', '1').passing, 'a request that is being worked on');
  t.ok(new ApiFault({ status: 0, code: 'unreachable', detail: '' }).passing);
  t.end();
});

t.test('an answer of another shape is a named error', (t) => {
  const film = {
    type: 'object',
    properties: { name: { type: 'string' }, size: { type: 'number' } },
    required: ['name'],
  };
  const list = {
    type: 'object',
    properties: { items: { type: 'array', items: { $ref: 'Film' } } },
    required: ['items'],
  };
  const check = (value: unknown, schema: AnswerSchema = list) => {
    checkAnswer(value, schema, { Film: film });
  };
  const fault = (value: unknown, path: string, expected: string, schema?: AnswerSchema) => {
    t.throws(
      () => {
        check(value, schema);
      },
      new AnswerError(path, expected),
    );
  };
  check({
    items: [
      { name: 'a', more: 1 },
      { name: 'b', size: 2 },
    ],
  });
  fault({ items: [{ name: 'a' }, { name: 7 }] }, 'items[1].name', 'text');
  fault({ items: [{ size: 1 }] }, 'items[0].name', 'text');
  fault({}, 'items', 'a list');
  fault(null, '', 'an object');
  fault(Number.NaN, '', 'a number', { type: 'number' });
  fault(1.5, '', 'a whole number', { type: 'integer' });
  fault('c', '', 'one of a, b', { enum: ['a', 'b'] });
  fault([1], '', 'a list of 2', { type: 'array', minItems: 2, maxItems: 2 });
  fault({ opacity: 'high' }, '.opacity', 'a number', { type: 'object', values: { type: 'number' } });
  const scored = (state: string) => ({
    type: 'object',
    properties: { state: { enum: [state] }, score: { type: 'number' } },
    required: ['state', 'score'],
  });
  const either = { anyOf: [scored('findings'), scored('below-threshold')] };
  fault({ state: 'below-threshold', score: 'low' }, 'score', 'a number', either);
  fault({ state: 'normal', score: 1 }, 'state', 'one of findings', either);
  t.end();
});

const report = {
  schemaVersion: 1,
  id: 'r',
  createdAt: '2026-11-21T10:00:00.000Z',
  state: 'findings',
  lookedFor: ['opacity'],
  notice: 'n',
  model: { name: 'm', version: '1', specSha256: 'a', onnxSha256: 'b' },
  provider: 'cpu',
  image: {
    sha256: 'c',
    width: 10,
    height: 20,
    format: 'png',
    bits: 8,
    preparation: { window: [1, 200], inverted: false, orientation: 1 },
  },
  threshold: 0.3,
  filmScore: 0.5,
  attributes: {},
  detections: [
    {
      id: 'r-1',
      class: 'opacity',
      score: 0.5,
      scores: { opacity: 0.5 },
      attributes: {},
      box: { x: 1, y: 2, width: 3, height: 4 },
    },
  ],
  submitter: 'ris',
  timings: { queueMs: 0, decodeMs: 0, inferMs: 0, postMs: 0 },
};

t.test("a report that can't be read is not analysed: the page never shows less than was meant", (t) => {
  t.equal(readReport(report).state, 'findings');
  const unreadable = (change: object) => {
    const read = readReport({ ...report, ...change });
    t.equal(read.state, 'not-analysed');
    t.equal(read.state === 'not-analysed' && read.reason.code, 'unreadable-answer');
  };
  unreadable({ state: 'normal' });
  unreadable({ state: undefined });
  unreadable({ asLogged: { state: 'fine', threshold: 0.3, candidateFloor: 0.05 } });
  unreadable({ detections: [] });
  unreadable({ threshold: '0.3' });
  unreadable({ detections: [{ ...report.detections[0], box: { x: 1, y: 2, width: 3 } }] });
  unreadable({ image: null });
  t.end();
});
