import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import t from 'tap';
import { CorrectionRefused, readCorrection, type SavedReport, savedReport } from '../../src/dicom/index.js';
import { derivedUid, resultKey } from '../../src/dicom/derivedUid.js';
import { belowThreshold, boxAt, findings, notAnalysed, source } from './results.js';
import { type Measurement, outline, savedInOhif } from './savedInOhif.js';

const places: readonly (readonly [number, number, number, number])[] = [
  [60.5, 150.25, 120.5, 110.25],
  [300.13, 40.07, 99.99, 70],
  [310, 220, 80, 90.5],
];
const report = findings(places.map((place, i) => boxAt(place, i + 1)));
const ids = report.state === 'findings' ? report.detections.map(({ id }) => id) : [];
const [first = '', second = '', third = ''] = ids;
const commentOn = (id: string) => `opacity 87.31 % (${id})`;
const opacity = ['112001', 'DCM', 'Opacity'] as const;
const film = { sopInstanceUid: source.sopInstanceUid };
/** Our box with this rank, as it comes back if nobody touched it. */
const kept = (rank: 1 | 2 | 3): Measurement => ({
  points: outline(...places[rank - 1]!),
  comment: commentOn(ids[rank - 1]!),
  finding: opacity,
});
const read = async (measurements: readonly Measurement[], of = report) =>
  readCorrection(savedReport(await savedInOhif(of, measurements)), of, film);

t.test('boxes stand, moved, are gone, and were drawn', async (t) => {
  const moved: Measurement = { points: outline(290, 60.126, 99.99, 70), comment: commentOn(second), finding: opacity };
  const saved = savedReport(await savedInOhif(report, [kept(1), moved, { points: outline(10, 20, 30, 40) }]));
  t.match(saved, {
    sopInstanceUid: '1.2.826.0.1.3680043.8.498.77',
    studyInstanceUid: source.studyInstanceUid,
    savedAt: '2026-02-01T13:45:01',
  });
  t.equal(saved.reader, undefined, 'OHIF knew nobody');
  const { requestKey, ...correction } = readCorrection(saved, report, film);
  t.match(requestKey, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  t.equal(requestKey, readCorrection(saved, report, film).requestKey);
  t.strictSame(correction, {
    verdicts: [
      { id: first, verdict: 'right' },
      { id: second, verdict: 'moved', movedTo: { x: 290, y: 60.13, width: 99.99, height: 70 } },
      { id: third, verdict: 'wrong' },
    ],
    drawn: [{ class: 'opacity', box: { x: 10, y: 20, width: 30, height: 40 } }],
    unseen: [],
    leftOut: [],
  });
});

t.test('a report that was saved by the library of OHIF is read', async (t) => {
  const saved = savedReport(await readFile(new URL('saved/corrected.dcm', import.meta.url)));
  t.match(saved, { studyInstanceUid: source.studyInstanceUid, savedAt: '2026-12-01T16:47:54', groups: [{}, {}, {}] });
  t.equal(saved.reader, undefined);
  const { verdicts, drawn, unseen, leftOut } = readCorrection(saved, report, film);
  t.strictSame(verdicts, [
    { id: first, verdict: 'right' },
    { id: second, verdict: 'moved', movedTo: { x: 312.13, y: 31.57, width: 99.99, height: 70 } },
    { id: third, verdict: 'wrong' },
  ]);
  t.strictSame(drawn, [{ class: 'opacity', box: { x: 200, y: 330, width: 60, height: 70 } }]);
  t.strictSame([unseen, leftOut], [[], []]);
});

t.test('a box is known by tracking UID, else by its comment, else by its place', async (t) => {
  const key = resultKey(report, source.sopInstanceUid, undefined);
  const tracked = { points: outline(200, 200, 50, 50), trackingUid: derivedUid(key, 'box-3'), comment: 'mine' };
  const { verdicts, drawn } = await read([
    { ...kept(1), comment: 'Is it a rib?' },
    { points: outline(...places[1]!) },
    tracked,
  ]);
  t.strictSame(
    verdicts.map(({ id, verdict }) => [id, verdict]),
    [
      [first, 'right'],
      [second, 'right'],
      [third, 'moved'],
    ],
  );
  t.strictSame(drawn, []);
  const twice = await read([kept(1), { ...kept(1), points: outline(1, 2, 3, 4) }]);
  t.strictSame(twice.drawn, [{ class: 'opacity', box: { x: 1, y: 2, width: 3, height: 4 } }], 'a copy was drawn');
});

t.test('without any box of ours nothing shows that they were seen', async (t) => {
  const { requestKey, ...correction } = await read([{ points: outline(10, 20, 30, 40) }]);
  t.ok(requestKey);
  t.strictSame(correction, {
    verdicts: [],
    drawn: [{ class: 'opacity', box: { x: 10, y: 20, width: 30, height: 40 } }],
    unseen: ids,
    leftOut: [],
  });
});

t.test('what is no box of this film is left out, and said so', async (t) => {
  const other = '0198f0c2-ffff-7e9f-a1b2-c3d4e5f60718-1';
  const { drawn, leftOut } = await read([
    kept(1),
    { points: [1, 2, 30, 40], tool: 'Length' },
    { points: [50, 10, 90, 50, 50, 90, 10, 50, 50, 10] },
    { points: outline(10, 10, 0.01, 40) },
    { points: outline(600, 10, 40, 40) },
    { points: outline(10, 10, 40, 40), film: '1.2.3' },
    { points: outline(10, 10, 40, 40), comment: commentOn(other) },
    { points: outline(10, 10, 40, 40), finding: ['27925004', 'SCT', 'Nodule'] },
    { points: outline(10, 10, 40, 40), finding: ['CORNERSTONEFREETEXT', 'CORNERSTONEJS', 'rib fracture'] },
    { points: outline(10, 10, 40, 40), finding: ['CORNERSTONEFREETEXT', 'CORNERSTONEJS', 'Opacity'] },
    { points: outline(-20, 400, 60, 60) },
  ]);
  t.strictSame(leftOut, [
    'not-a-box',
    'not-a-box',
    'not-a-box',
    'not-on-the-film',
    'of-another-film',
    'of-another-report',
    'unknown-class',
    'unknown-class',
  ]);
  t.strictSame(drawn, [
    { class: 'opacity', box: { x: 10, y: 10, width: 40, height: 40 } },
    { class: 'opacity', box: { x: 0, y: 400, width: 40, height: 20 } },
  ]);
});

t.test('a film without boxes can be drawn on; a second saving corrects the first', async (t) => {
  const below = belowThreshold();
  t.match(await read([{ points: outline(10, 20, 30, 40) }], below), { verdicts: [], unseen: [], drawn: [{}] });
  const again = savedReport(await savedInOhif(report, [kept(1)], { predecessor: '1.2.3.4', reader: 'Doe^Anna' }));
  t.equal(again.reader, 'Doe^Anna');
  t.throws(() => readCorrection(again, report, film), { code: 'not-ours' });
  t.match(readCorrection(again, report, { ...film, corrections: ['1.2.3.4'] }), {
    verdicts: [{ verdict: 'right' }, {}, {}],
  });
  t.throws(() => readCorrection(again, report, { ...film, pixelSha256: 'd4'.repeat(32) }), { code: 'not-ours' });
  const failed = notAnalysed(true);
  t.throws(() => readCorrection({ ...again, predecessors: [srUidOf(failed)] }, failed, film), {
    code: 'film-not-analysed',
  });
});

function srUidOf(of: Parameters<typeof resultKey>[0]): string {
  return derivedUid(resultKey(of, source.sopInstanceUid, undefined), 'sr');
}

t.test('files that are no correction are refused by a code', async (t) => {
  const good = await savedInOhif(report, [kept(1)]);
  const refused = (bytes: Uint8Array, code: string) =>
    t.throws(() => savedReport(bytes), { name: 'CorrectionRefused', code });
  refused(new Uint8Array(4 * 1024 * 1024 + 1), 'too-large');
  refused(new Uint8Array(0), 'broken');
  refused(Buffer.from('not DICOM'.repeat(50)), 'broken');
  refused(await savedInOhif(report, [kept(1)], { predecessor: null }), 'not-a-correction');
  refused(await savedInOhif(report, [], { sopClassUid: '1.2.840.10008.5.1.4.1.1.1' }), 'not-a-structured-report');
  refused(
    await savedInOhif(
      report,
      Array.from({ length: 1001 }, () => kept(1)),
    ),
    'too-many-boxes',
  );
  const deflated = Buffer.from(good);
  deflated.write('1.2.840.10008.1.2.5', deflated.indexOf('1.2.840.10008.1.2.1\0'));
  refused(deflated, 'unsupported-transfer-syntax');
});

t.test('a damaged or hostile file is read, or refused by a code: nothing else', async (t) => {
  const good = await savedInOhif(report, [kept(1), kept(2), { points: outline(10, 20, 30, 40) }]);
  const judged = (bytes: Uint8Array) => {
    try {
      const saved: SavedReport = savedReport(bytes);
      readCorrection(saved, report, film);
    } catch (error) {
      if (!(error instanceof CorrectionRefused)) throw error;
    }
  };
  for (let end = 0; end < good.length; end += 7) judged(good.subarray(0, end));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }), (changes) => {
      const bytes = Uint8Array.from(good);
      for (const [place, value] of changes) bytes[place] = value;
      judged(bytes);
    }),
    { seed: 11, numRuns: 2000 },
  );
  judged(nested(good, 100_000));
  t.throws(() => savedReport(nested(good, 100_000)), { code: 'broken' });
});

/** Sequences of undefined length in each other, behind the file's header. */
function nested(file: Uint8Array, depth: number): Uint8Array {
  const sequence = Uint8Array.of(
    0x40,
    0,
    0x30,
    0xa7,
    0x53,
    0x51,
    0,
    0,
    255,
    255,
    255,
    255,
    254,
    255,
    0,
    0xe0,
    255,
    255,
    255,
    255,
  );
  return Buffer.concat([file, ...Array.from({ length: depth }, () => sequence)]);
}
