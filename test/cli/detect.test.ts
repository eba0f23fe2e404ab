import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import type { AnalysedFile, FileReport } from '../../src/cli/detect/analyseFiles.js';
import { detectCommand } from '../../src/cli/detect/command.js';
import { findFilms } from '../../src/cli/detect/films.js';
import { formats } from '../../src/cli/detect/formats.js';
import { yoloLabels } from '../../src/report/formats/index.js';
import { writeOverlay } from '../../src/cli/detect/overlays.js';
import { reportedFloor } from '../../src/detector/index.js';
import { loadModel, type RegisteredModel } from '../../src/registry/index.js';
import { tinySpec } from '../detector/fixture.js';
import { runCommand } from './runCommand.js';

// A few films each: the pool is tried in test/cli/analyseFiles.test.ts and test/engine.
process.env['RUNNERS'] = '1';
process.env['DECODERS'] = '1';

const film = 'annotations/films/nih-00004344_002.jpg';

const detect = (...args: string[]) => runCommand(detectCommand(), args);

t.test('a folder with broken files is finished, lists them and exits with 1', async (t) => {
  const folder = t.testdir({ films: { below: {} } });
  const films = join(folder, 'films');
  await cp(film, join(films, 'a.jpg'));
  await cp('annotations/films/nih-00003291_001.jpg', join(films, 'below', 'normal.jpg'));
  await writeFile(join(films, 'cut.jpg'), (await readFile(film)).subarray(0, 20_000));
  await writeFile(join(films, 'text.png'), 'no picture at all');
  await writeFile(join(films, 'notes.txt'), 'of the reader');
  const out = join(folder, 'results', 'reports.ndjson');
  const overlays = join(folder, 'overlays');

  const { code, err } = await detect(
    films,
    '--out',
    out,
    '--overlays',
    overlays,
    '--overlay-format',
    'png',
    '--model',
    'cxr-opacity',
  );

  t.equal(code, 1);
  const reports = (await readFile(out, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as FileReport);
  t.strictSame(
    reports.map((r) => [r.file.slice(films.length + 1), r.state]),
    [
      ['a.jpg', 'findings'],
      [join('below', 'normal.jpg'), 'below-threshold'],
      ['cut.jpg', 'not-analysed'],
      ['text.png', 'not-analysed'],
    ],
  );
  const [found, , cut] = reports;
  t.equal(found?.state === 'findings' && found.detections.length, 2);
  t.notOk(
    found !== undefined && ('id' in found || 'createdAt' in found || 'submitter' in found),
    'nothing that only the log knows',
  );
  t.match(cut, { reason: { code: 'broken-image' } });
  t.match(err, /1 other file passed over:\n.*notes\.txt: Not a DICOM, JPEG/);
  t.match(err, /2 of 4 films were not analysed:\n.*cut\.jpg: broken-image: .*\n.*text\.png: unsupported-image: /);

  t.strictSame((await readdir(overlays, { recursive: true })).sort(), [
    'a.jpg.png',
    'below',
    join('below', 'normal.jpg.png'),
    'cut.jpg.svg',
    'text.png.svg',
  ]);
  const picture = await sharp(join(overlays, 'a.jpg.png')).raw().toBuffer({ resolveWithObject: true });
  t.strictSame([picture.info.width, picture.info.height], [1024, 1024], "the picture is the film's size");
  // Two pixels above the upper edge of the best box: its line, cyan, where the film is grey.
  const { x, y, width } = found?.state === 'findings' ? found.detections[0]!.box : { x: 0, y: 0, width: 0 };
  const at = (Math.round(y - 2) * 1024 + Math.round(x + width / 2)) * picture.info.channels;
  t.ok(picture.data[at + 2]! - picture.data[at]! > 60, 'a box is drawn over it');
});

t.test('--min-score is threshold and floor: 0 gives everything that NMS left', async (t) => {
  const { code, out } = await detect(film, '--min-score', '0', '--model', 'cxr-opacity');
  t.equal(code, 0);
  const report = JSON.parse(out) as FileReport;
  t.equal(report.state, 'findings');
  if (report.state !== 'findings') return;
  t.equal(report.threshold, 0);
  t.ok(report.detections.length > 20, `${report.detections.length} boxes`);
  const { spec } = await loadModel('models/cxr-opacity');
  t.ok(
    report.detections.some(({ score }) => score < reportedFloor(spec)),
    'also what no row would keep',
  );
});

t.test('wrong use is refused before anything is done', async (t) => {
  await t.rejects(detect('no-such-folder'), { name: 'UsageError', message: /no-such-folder/ });
  await t.rejects(detect(film, '--format', 'yolo'), { name: 'UsageError', message: /--out/ });
  await t.rejects(detect(film, '--min-score', 'NaN'), { code: 'commander.invalidArgument' });
  await t.rejects(detect(film, '--min-score', ''), { code: 'commander.invalidArgument' });
  await t.rejects(detect(film, '--format', 'pdf'), { code: 'commander.invalidArgument' });
  await t.rejects(detect(film, '--model', 'no-such-model'), { name: 'RegistryError' });
});

t.test('two files of one name are kept apart', async (t) => {
  const folder = t.testdir({ x: {}, y: {} });
  await mkdir(join(folder, 'x'), { recursive: true });
  for (const sub of ['x', 'y']) await writeFile(join(folder, sub, 'film.png'), '');
  const { films } = await findFilms([join(folder, 'x'), join(folder, 'y', 'film.png')]);
  t.strictSame(
    films.map(({ name }) => name),
    ['film.png', '2-film.png'],
  );
});

const model: RegisteredModel = {
  spec: tinySpec(),
  specSha256: 'a'.repeat(64),
  specText: '',
  folder: '',
  onnxPath: '',
  card: null,
};

const common = {
  schemaVersion: 1 as const,
  lookedFor: ['opacity'],
  notice: 'Research use only.',
  model: { name: 'tiny', version: '1.0.0', specSha256: 'a'.repeat(64), onnxSha256: 'b'.repeat(64) },
  timings: { queueMs: 0, decodeMs: 0, inferMs: 0, postMs: 0 },
};
const image = {
  sha256: 'c'.repeat(64),
  width: 200,
  height: 100,
  format: 'png',
  bits: 8,
  preparation: { window: null, inverted: false, orientation: 1 },
};
const box = {
  class: 'opacity',
  score: 0.75,
  scores: { opacity: 0.75 },
  attributes: {},
  box: { x: 20, y: 10, width: 100, height: 50 },
};
const reports: FileReport[] = [
  {
    file: 'a "film", 1.png',
    ...common,
    state: 'findings',
    provider: 'cpu',
    image,
    threshold: 0.3,
    filmScore: 0.75,
    attributes: {},
    detections: [box],
  },
  {
    file: 'b.png',
    ...common,
    state: 'below-threshold',
    provider: 'cpu',
    image,
    threshold: 0.3,
    filmScore: 0.1,
    attributes: null,
    detections: [],
  },
  {
    file: '=c.png',
    ...common,
    state: 'not-analysed',
    provider: null,
    image: null,
    reason: { code: 'broken-image', detail: 'cut' },
  },
];

t.test('a film that was judged with its grey levels turned round is painted so', async (t) => {
  const folder = t.testdir();
  const ramp = Uint8Array.from({ length: 200 * 100 }, (_, i) => i % 200);
  const overlay = async (name: string, levels: Uint8Array, inverted: boolean): Promise<Buffer> => {
    const path = join(folder, name);
    await sharp(levels, { raw: { width: 200, height: 100, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toFile(path);
    const fileReport: FileReport = {
      file: path,
      ...common,
      state: 'below-threshold',
      provider: 'cpu',
      image: { ...image, preparation: { ...image.preparation, inverted } },
      threshold: 0.3,
      filmScore: 0.1,
      attributes: null,
      detections: [],
    };
    const report = { ...fileReport, id: '', createdAt: '', submitter: '' } as unknown as AnalysedFile['report'];
    return sharp(
      await writeOverlay({ film: { path, name }, report, fileReport }, join(folder, 'overlays'), 'png', tinySpec()),
    )
      .raw()
      .toBuffer();
  };
  const film = await overlay('film.png', ramp, false);
  const negative = await overlay(
    'negative.png',
    ramp.map((level) => 255 - level),
    true,
  );
  t.ok(negative.equals(film), 'the negative of a film gives the picture of the film');
});

async function written(format: keyof typeof formats): Promise<string> {
  async function* files(): AsyncGenerator<AnalysedFile> {
    await Promise.resolve();
    for (const fileReport of reports) {
      const report = { ...fileReport, id: '', createdAt: '', submitter: '' } as unknown as AnalysedFile['report'];
      yield { film: { path: fileReport.file, name: fileReport.file }, fileReport, report };
    }
  }
  let text = '';
  for await (const piece of formats[format](files(), model)) text += piece;
  return text;
}

t.test('every format tells the three states apart', async (t) => {
  t.strictSame(
    (await written('ndjson'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
    reports,
  );
  t.equal(
    await written('csv'),
    [
      'file,state,model,modelVersion,provider,imageSha256,imageWidth,imageHeight,threshold,filmScore,reason,' +
        'reasonDetail,boxId,class,score,x,y,width,height',
      `"a ""film"", 1.png",findings,tiny,1.0.0,cpu,${image.sha256},200,100,0.3,0.75,,,,opacity,0.75,20,10,100,50`,
      `b.png,below-threshold,tiny,1.0.0,cpu,${image.sha256},200,100,0.3,0.1,,,,,,,,,`,
      "'=c.png,not-analysed,tiny,1.0.0,,,,,,,broken-image,cut,,,,,,,",
      '',
    ].join('\r\n'),
  );
  const asCoco = JSON.parse(await written('coco')) as {
    images: object[];
    annotations: object[];
    categories: object[];
    not_analysed: object[];
    info: object;
  };
  t.match(asCoco.images, [
    { id: 1, file_name: 'a "film", 1.png', width: 200 },
    { id: 2, file_name: 'b.png' },
  ]);
  t.strictSame(asCoco.images.length, 2, 'no image for a film of which nothing is known');
  t.strictSame(asCoco.annotations, [
    { id: 1, image_id: 1, category_id: 1, bbox: [20, 10, 100, 50], area: 5000, iscrowd: 0, score: 0.75 },
  ]);
  t.strictSame(asCoco.info, { complete: true, images: 2, annotations: 1, not_analysed: 1 });
  t.strictSame(asCoco.not_analysed, [{ file_name: '=c.png', code: 'broken-image', detail: 'cut' }]);
});

t.test('VoTT rows are corners, YOLO lines are shares of the film', async (t) => {
  t.equal(
    await written('vott'),
    '"image","xmin","ymin","xmax","ymax","label"\n"a ""film"", 1.png",20,10,120,60,"opacity"\n',
  );
  const [found] = reports;
  // Centre (70, 35) of 200 × 100, size 100 × 50.
  t.equal(
    found !== undefined && found.state !== 'not-analysed' && yoloLabels(found, ['opacity']),
    '0 0.350000 0.350000 0.500000 0.500000 0.75\n',
  );
});
