import t from 'tap';
import { type ResultObjects, resultObjects, type SourceInstance } from '../../src/dicom/index.js';
import { belowThreshold, boxAt, findings, notAnalysed, source } from './results.js';

const softwareVersion = '1.2.3';
const make = (report: Parameters<typeof resultObjects>[0], film: SourceInstance = source, pixelSha256?: string) =>
  resultObjects(report, film, { softwareVersion, ...(pixelSha256 !== undefined && { pixelSha256 }) });
const uids = ({ sr, pr }: ResultObjects) => [sr.sopInstanceUid, sr.seriesInstanceUid, pr?.sopInstanceUid];
const report = findings([boxAt([60.5, 150.25, 120, 110], 1)]);

t.test('a retry makes the same objects, byte for byte', async (t) => {
  const [first, second] = [await make(report), await make(report)];
  t.strictSame(first, second);
  t.notSame(first.sr.bytes, first.pr?.bytes);
});

t.test('UIDs are UUIDs below 2.25, each another one', async (t) => {
  const { sr, pr } = await make(report);
  const all = [sr.sopInstanceUid, sr.seriesInstanceUid, pr?.sopInstanceUid, pr?.seriesInstanceUid];
  t.equal(new Set(all).size, 4);
  for (const uid of all) {
    t.match(uid, /^2\.25\.[1-9]\d{0,38}$/);
    const hex = BigInt(uid?.slice(5) ?? 0)
      .toString(16)
      .padStart(32, '0');
    t.match(hex, /^.{12}8.{3}[89ab].{15}$/, 'version 8 of RFC 9562');
  }
});

t.test('UIDs follow what makes another result of it, and nothing else', async (t) => {
  const base = uids(await make(report));
  const same = { ...report, id: '0198f0c2-ffff-7e9f-a1b2-c3d4e5f60718', createdAt: '2026-02-01T00:00:00.000Z' };
  t.strictSame(uids(await make(same)), base, 'another report of the same');
  t.strictSame(uids(await make(report, { ...source, patientName: 'Doe^Joan' })), base, 'a corrected name');
  const others = [
    await make(report, { ...source, sopInstanceUid: '1.2.826.0.1.3680043.8.498.9' }),
    await make(report, source, 'd4'.repeat(32)),
    await make(findings(report.state === 'findings' ? report.detections : [], {}, { sha256: 'd5'.repeat(32) })),
    await make({ ...report, model: { ...report.model, onnxSha256: 'd6'.repeat(32) } }),
    await make({ ...report, model: { ...report.model, specSha256: 'd7'.repeat(32) } }),
    await make(report.state === 'findings' ? { ...report, threshold: 0.5 } : report),
    await make(belowThreshold()),
    await make(notAnalysed(true)),
  ];
  for (const [i, other] of others.entries()) for (const uid of uids(other)) t.notOk(base.includes(uid), String(i));
});

t.test('the hash of the pixels counts where it is known, not that of the file', async (t) => {
  const boxes = report.state === 'findings' ? report.detections : [];
  const resent = findings(boxes, {}, { sha256: 'e8'.repeat(32) });
  const pixels = 'f9'.repeat(32);
  t.strictSame(uids(await make(resent, source, pixels)), uids(await make(report, source, pixels)));
});

t.test('a film that was not decoded has no presentation state; a picture of another size is refused', async (t) => {
  const objects = await make(notAnalysed(false));
  t.equal(objects.pr, undefined);
  t.equal(objects.sc, undefined);
  const picture = { width: 10, height: 10, pixels: new Uint8Array(299) };
  await t.rejects(resultObjects(report, source, { softwareVersion, picture }), RangeError);
});
