import { spawnSync } from 'node:child_process';
import t from 'tap';
import { coco, csv, type WrittenReport } from '../../src/report/formats/index.js';

const python = process.env['PYCOCOTOOLS_PYTHON'] ?? 'python3';
const found = spawnSync(python, ['-c', 'import pycocotools.coco']).status === 0;
const missing = `${python} has no pycocotools: PYCOCOTOOLS_PYTHON names a Python that has`;
if (!found && process.env['CI'] !== undefined) throw new Error(missing);

const common = {
  schemaVersion: 1 as const,
  lookedFor: ['opacity', 'nodule'],
  notice: 'Research use only.',
  model: { name: 'tiny', version: '1.0.0', specSha256: 'a'.repeat(64), onnxSha256: 'b'.repeat(64) },
  timings: { queueMs: 0, decodeMs: 0, inferMs: 0, postMs: 0 },
};
const analysed = {
  ...common,
  provider: 'cpu',
  image: {
    sha256: 'c'.repeat(64),
    width: 200,
    height: 100,
    format: 'png',
    bits: 8,
    preparation: { window: null, inverted: false, orientation: 1 },
  },
  threshold: 0.3,
};
const boxOf = (name: string, x: number) => ({
  class: name,
  score: 0.75,
  scores: { [name]: 0.75 },
  attributes: {},
  box: { x, y: 10, width: 33.33, height: 33.33 },
});
const reports: readonly WrittenReport[] = [
  { ...analysed, state: 'findings', filmScore: 0.75, attributes: {}, detections: [boxOf('nodule', 5)] },
  { ...analysed, state: 'below-threshold', filmScore: 0.1, attributes: null, detections: [] },
  { ...common, state: 'not-analysed', provider: null, image: null, reason: { code: 'deadline', detail: '-1 left' } },
];

async function* rows(): AsyncGenerator<readonly [number, WrittenReport]> {
  for (const [i, report] of reports.entries()) yield await Promise.resolve([i, report] as const);
}

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

const asCoco = () =>
  textOf(
    coco({
      rows,
      idOf: ([i]) => `${i}`.padStart(32, '0'),
      reportOf: ([, report]) => report,
      filmOf: ([i]) => ({ file_name: `${i}.png` }),
    }),
  );

t.test(
  'pycocotools reads the COCO that is written, boxes and classes',
  { skip: found ? false : missing },
  async (t) => {
    const script = `
import json, sys
from pycocotools.coco import COCO
coco = COCO(sys.argv[1])
print(json.dumps([[a['bbox'], a['area'], a['score'], coco.loadCats(a['category_id'])[0]['name'], a['image_id']]
                  for a in coco.loadAnns(coco.getAnnIds())] + [len(coco.getImgIds())]))`;
    const folder = t.testdir({ 'all.json': await asCoco() });
    const { stdout, stderr, status } = spawnSync(python, ['-c', script, `${folder}/all.json`], { encoding: 'utf8' });
    t.equal(status, 0, stderr);
    // 33.33 · 33.33 = 1110.8889
    t.same(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''), [
      [[5, 10, 33.33, 33.33], 1110.89, 0.75, 'nodule', 1],
      2,
    ]);
  },
);

t.test('a row that vanishes between two readings cuts the file', async (t) => {
  let readings = 0;
  const pieces = coco({
    rows: () => {
      readings += 1;
      return readings === 1 ? rows() : (async function* () {})();
    },
    idOf: ([i]: readonly [number, WrittenReport]) => `${i}`.padStart(32, '0'),
    reportOf: ([, report]) => report,
    filmOf: () => ({ file_name: '' }),
  });
  await t.rejects(textOf(pieces), /0 of 2 came again/);
});

t.test('the columns of both doors are the same but for what names the film', async (t) => {
  const [head = '', ...lines] = (
    await textOf(csv(rows(), { id: ([i]) => i, '=name': ([i]) => `=${i}` }, ([, report]) => report))
  ).split('\r\n');
  t.equal(head.split(',').slice(0, 3).join(), "id,'=name,state");
  t.equal(lines.length, 4);
  t.match(lines[2], /^2,'=2,not-analysed,.*,deadline,'-1 left,/, 'what a spreadsheet would run as a formula is text');
});
