import { Compile } from 'typebox/compile';
import fc from 'fast-check';
import t from 'tap';
import type { Detection } from '../../src/detector/index.js';
import {
  buildReport,
  overlaySvg,
  type ReportContext,
  type ReportOutcome,
  ReportSchema,
  stateLine,
  viewAt,
} from '../../src/report/index.js';
import { tinySpec } from '../detector/fixture.js';

const valid = Compile(ReportSchema);

const context = (change: Partial<ReportContext> = {}): ReportContext => ({
  id: '0198f0c2-0000-7000-8000-000000000000',
  createdAt: new Date('2026-01-31T10:00:00.123Z'),
  model: { spec: tinySpec(), specSha256: 'a'.repeat(64) },
  submitter: 'ris',
  ...change,
});

const film = {
  sha256: 'b'.repeat(64),
  width: 1000,
  height: 800,
  format: 'png',
  bits: 16,
  preparation: { window: [812, 3901], inverted: false, orientation: 1 },
} as const;

const timings = { queueMs: 0.4, decodeMs: 9.123456, inferMs: 71, postMs: 0.3 };

function analysed(detection: Detection): ReportOutcome {
  return { kind: 'analysed', film, detection, provider: 'cpu', timings };
}

function detectionOf(...boxes: [score: number, x: number, y: number, width: number, height: number][]): Detection {
  return {
    filmScore: boxes[0]?.[0] ?? 0.01,
    candidates: boxes.map(([score, x, y, width, height]) => ({
      classIndex: 0,
      class: 'opacity',
      score,
      scores: { opacity: score },
      attributes: { typical: 0.7 },
      box: { x, y, width, height },
    })),
  };
}

t.test('boxes at or above the threshold are findings; weaker ones are kept as candidates', (t) => {
  const { report, candidates } = buildReport(
    context({ externalId: 'exam 7' }),
    analysed(detectionOf([0.3, 1, 2, 30, 40], [0.299999, 500, 2, 30, 40])),
  );
  t.ok(valid.Check(report), JSON.stringify(valid.Errors(report)));
  t.equal(report.state, 'findings');
  if (report.state !== 'findings') return;
  t.strictSame(report.detections, [
    {
      id: '0198f0c2-0000-7000-8000-000000000000-1',
      class: 'opacity',
      score: 0.3,
      scores: { opacity: 0.3 },
      attributes: { typical: 0.7 },
      box: { x: 1, y: 2, width: 30, height: 40 },
    },
  ]);
  t.equal(candidates.length, 2);
  t.equal(
    candidates[1]?.id,
    '0198f0c2-0000-7000-8000-000000000000-2',
    'candidates below the threshold have an id, too',
  );
  t.strictSame(report.attributes, { typical: 0.7 }, 'those of the top candidate');
  t.strictSame(report.lookedFor, ['opacity']);
  t.equal(report.timings.decodeMs, 9.12);
  t.equal(
    Object.keys(report).join(' '),
    'schemaVersion id createdAt state lookedFor notice model provider image threshold filmScore attributes ' +
      'detections externalId submitter timings',
    'keys stand in the order of the contract',
  );
  t.end();
});

t.test('nothing at the threshold is below-threshold, never an empty finding', (t) => {
  const { report, candidates } = buildReport(context(), analysed(detectionOf([0.29, 1, 2, 30, 40])));
  t.ok(valid.Check(report));
  t.equal(report.state, 'below-threshold');
  t.equal(candidates.length, 1);
  const none = buildReport(context(), analysed(detectionOf())).report;
  t.ok(valid.Check(none));
  t.equal(none.state === 'below-threshold' && none.attributes, null, 'no candidate, no attributes');
  t.end();
});

t.test('a film that was not analysed has a reason and no detections', (t) => {
  const { report } = buildReport(context(), { kind: 'failed', code: 'deadline', detail: 'took too long', timings });
  t.ok(valid.Check(report));
  t.equal(report.state, 'not-analysed');
  t.notOk('detections' in report);
  t.notOk('filmScore' in report);
  t.strictSame(report.state === 'not-analysed' && report.reason, { code: 'deadline', detail: 'took too long' });
  t.equal(report.image, null);
  const gated = buildReport(context(), {
    kind: 'refused-by-gate',
    code: 'not-a-frontal-chest-film',
    detail: 'lateral',
    film,
    timings,
  }).report;
  t.ok(valid.Check(gated));
  t.equal(gated.image?.width, 1000);
  t.end();
});

t.test('a report that mixes the states does not fit the schema', (t) => {
  const { report } = buildReport(context(), analysed(detectionOf([0.9, 1, 2, 30, 40])));
  t.notOk(valid.Check({ ...report, state: 'below-threshold' }), 'boxes under below-threshold');
  t.notOk(valid.Check({ ...report, detections: [] }), 'findings without boxes');
  t.notOk(valid.Check({ ...report, state: 'not-analysed' }), 'not-analysed without a reason');
  t.end();
});

t.test('boxes are clipped to the film after NMS, and empty ones dropped', (t) => {
  const detection = detectionOf([0.9, -10, -10, 30, 40], [0.8, 1000, 0, 50, 50], [0.7, 990, 790, 50.005, 50]);
  const { candidates } = buildReport(context(), analysed(detection));
  t.strictSame(
    candidates.map((c) => [c.id.slice(-1), c.box]),
    [
      ['1', { x: 0, y: 0, width: 20, height: 30 }],
      ['2', { x: 990, y: 790, width: 10, height: 10 }],
    ],
  );
  t.end();
});

t.test('no reported box leaves the film or is empty', (t) => {
  const at = fc.double({ min: -500, max: 1500, noNaN: true }).map((v) => Math.round(v * 100) / 100);
  const side = fc.double({ min: 0, max: 900, noNaN: true }).map((v) => Math.round(v * 100) / 100);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constant(0.9), at, at, side, side), { maxLength: 5 }), (boxes) => {
      const { report } = buildReport(context(), analysed(detectionOf(...boxes)));
      return (
        valid.Check(report) &&
        report.state !== 'not-analysed' &&
        report.detections.every(
          ({ box }) => box.x >= 0 && box.y >= 0 && box.x + box.width <= 1000.001 && box.y + box.height <= 800.001,
        )
      );
    }),
    { seed: 20261121, numRuns: 500 },
  );
  t.end();
});

t.test('a view moves the threshold, and says what was logged', (t) => {
  const built = buildReport(context(), analysed(detectionOf([0.9, 1, 2, 30, 40], [0.2, 500, 2, 30, 40])));
  const logged = { ...built, candidateFloor: 0.05 };
  const low = viewAt(logged, 0.1);
  t.match(low, {
    state: 'findings',
    threshold: 0.1,
    asLogged: { state: 'findings', threshold: 0.3, candidateFloor: 0.05 },
  });
  t.equal(low.state === 'findings' && low.detections.length, 2);
  const high = viewAt(logged, 0.95);
  t.match(high, {
    state: 'below-threshold',
    threshold: 0.95,
    detections: [],
    asLogged: { state: 'findings', threshold: 0.3 },
  });
  t.equal(high.state === 'below-threshold' && high.filmScore, 0.9, 'the film score is no view');
  const failed = buildReport(context(), { kind: 'failed', code: 'deadline', detail: 'took too long', timings });
  t.equal(viewAt({ ...failed, candidateFloor: 0.05 }, 0.1).state, 'not-analysed', 'no score makes an unseen film seen');
  t.end();
});

t.test("the overlay is the film's size, draws each state differently and holds no pixel", (t) => {
  const found = overlaySvg(
    buildReport(context(), analysed(detectionOf([0.9, 100, 200, 300, 400], [0.5, 0, 0, 30, 40]))).report,
  );
  const below = overlaySvg(buildReport(context(), analysed(detectionOf())).report);
  const not = overlaySvg(
    buildReport(context(), { kind: 'failed', code: 'deadline', detail: 'took <too> long', film, timings }).report,
  );
  for (const svg of [found, below, not]) {
    t.match(svg, /^<svg [^>]*viewBox="0 0 1000 800"/);
    t.match(svg, /Research use only\. Not for diagnosis\./);
    t.notMatch(svg, /<image/);
    t.notMatch(svg, /NaN|undefined/);
  }
  t.match(found, /FINDINGS: 2 boxes at or above 0\.3/);
  // Casing and line both lie outside the box at (100, 200): 1 px of rim, 2 px of line (unit 1).
  t.match(found, /x="98" y="198" width="304" height="404" stroke="#0A0C0F" stroke-width="4"/);
  t.match(below, /NO BOX at or above 0\.300 .*This does not say the film is normal/);
  t.match(not, /NOT ANALYSED \(deadline\): took &lt;too&gt; long/);
  t.notMatch(not, /at or above/);
  t.end();
});

t.test('a film that was never decoded has an overlay that says so', (t) => {
  const { report } = buildReport(context(), {
    kind: 'failed',
    code: 'engine-failed',
    detail: 'the decoder crashed twice on this film',
    timings,
  });
  t.match(overlaySvg(report), /data-state="not-analysed"/);
  t.match(stateLine(report), /engine-failed/);
  t.end();
});
