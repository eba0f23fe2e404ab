import { spawnSync } from 'node:child_process';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import { annotationsCommand } from '../../src/cli/annotations/command.js';
import type { FileReport } from '../../src/cli/detect/analyseFiles.js';
import { detectCommand } from '../../src/cli/detect/command.js';
import { findFilms } from '../../src/cli/detect/films.js';
import { evaluateCommand } from '../../src/cli/evaluate/command.js';
import { dicomFile, dicomFilm, type DicomItem, syntaxes } from '../imaging/dicomFiles.js';
import { runCommand } from './runCommand.js';

/** Folders of DICOM films as archives export them, at every command that reads films. */

process.env['RUNNERS'] = '1';
process.env['DECODERS'] = '1';

const source = 'annotations/films/nih-00004344_002.jpg';
/** As a CR reader stores it: 12 bits, narrower than high, so that a mix-up of sides shows. */
const [width, height] = [900, 1000];
const root = '1.2.826.0.1.3680043.8.498';
const window: DicomItem = { '00281050': ['DS', '1985'], '00281051': ['DS', '3570'] };
const report: DicomItem = { '00080016': ['UI', '1.2.840.10008.5.1.4.1.1.88.34'], '00080060': ['CS', 'SR'] };

const samples = async () =>
  Uint16Array.from(
    await sharp(source).resize(width, height, { fit: 'fill' }).toColourspace('b-w').raw().toBuffer(),
    (v) => 200 + v * 14,
  );

/** Two films without an extension, one by its UID and deflated, and what a PACS puts beside them. */
async function cd(t: Test): Promise<string> {
  const folder = join(t.testdir({ cd: { IMAGES: {} } }), 'cd');
  const film = { width, height, samples: await samples(), bitsStored: 12 };
  await writeFile(join(folder, 'IMAGES', 'IM000001'), dicomFilm(film, window));
  await writeFile(join(folder, 'IMAGES', 'IM000002.dcm'), dicomFilm({ ...film, syntax: syntaxes.bigEndian }, window));
  await writeFile(join(folder, 'IMAGES', `${root}.7`), dicomFilm({ ...film, syntax: syntaxes.deflated }, window));
  await writeFile(join(folder, 'IMAGES', 'SR000001'), dicomFile(report));
  await writeFile(join(folder, 'DICOMDIR'), dicomFile({ '00080016': ['UI', '1.2.840.10008.1.3.10'] }));
  await writeFile(join(folder, 'README.TXT'), 'Viewer: start AUTORUN.EXE\n');
  return folder;
}

t.test('detect finds the films of a CD, passes over its directory and reports, and writes right boxes', async (t) => {
  const folder = await cd(t);
  const overlays = join(t.testdirName, 'overlays');
  const { code, out, err } = await runCommand(detectCommand(), [
    folder,
    '--model',
    'cxr-opacity',
    '--overlays',
    overlays,
    '--overlay-format',
    'png',
  ]);
  const reports = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as FileReport);
  t.strictSame(
    reports.map(({ file }) => basename(file)),
    [`${root}.7`, 'IM000001', 'IM000002.dcm'],
  );
  t.match(err, /3 other files passed over:/);
  t.match(err, /DICOMDIR: It is a DICOM file without a film: DICOMDIR/);
  t.match(err, /SR000001: It is a DICOM file without a film: Structured Report/);
  t.equal(code, 0, 'none of them is a film that was missed');
  const names = (await readdir(join(overlays, 'IMAGES'))).sort();
  t.strictSame(names, [`${root}.7.png`, 'IM000001.png', 'IM000002.dcm.png']);
  for (const [i, found] of reports.entries()) {
    t.match(found, { state: 'findings', image: { format: 'dicom', width, height } });
    const drawn = await sharp(join(overlays, 'IMAGES', names[i]!)).metadata();
    t.strictSame([drawn.width, drawn.height], [width, height]);
  }
});

t.test('label files of YOLO are named after the films, also where those have no extension', async (t) => {
  const folder = await cd(t);
  await cp(join(folder, 'IMAGES', `${root}.7`), join(folder, 'IMAGES', `${root}.8`));
  await cp(join(folder, 'IMAGES', 'IM000001'), join(folder, 'IMAGES', 'IM000002.dicom'));
  const labels = join(t.testdirName, 'labels');
  const args = [folder, '--model', 'cxr-opacity', '--format', 'yolo', '--out', labels];
  t.match(await runCommand(detectCommand(), args), { code: 0 });
  t.strictSame((await readdir(join(labels, 'IMAGES'))).sort(), [
    `${root}.7.txt`,
    `${root}.8.txt`,
    'IM000001.txt',
    'IM000002.dcm.txt',
    'IM000002.dicom.txt',
  ]);

  const coco = join(t.testdirName, 'coco.json');
  const convert = ['convert', labels, '--from', 'yolo', '--images', folder, '--to', 'coco', '--out', coco];
  t.match(await runCommand(annotationsCommand(), convert), { code: 0 });
  const { images, annotations } = JSON.parse(await readFile(coco, 'utf8')) as {
    images: { file_name: string; width: number; height: number }[];
    annotations: { bbox: number[] }[];
  };
  t.strictSame(images.map(({ file_name }) => file_name).sort(), [
    `IMAGES/${root}.7`,
    `IMAGES/${root}.8`,
    'IMAGES/IM000001',
    'IMAGES/IM000002.dcm',
    'IMAGES/IM000002.dicom',
  ]);
  t.ok(images.every((image) => image.width === width && image.height === height));
  const direct = await runCommand(detectCommand(), [folder, '--model', 'cxr-opacity', '--format', 'coco']);
  const boxes = (JSON.parse(direct.out) as { annotations: { bbox: number[] }[] }).annotations;
  t.equal(annotations.length, boxes.length);
  const nearest = (bbox: number[]) =>
    Math.min(...boxes.map((box) => Math.max(...box.bbox.map((v, i) => Math.abs(v - bbox[i]!)))));
  t.ok(
    annotations.every(({ bbox }) => nearest(bbox) < 0.01),
    'the same pixels by way of shares',
  );
});

t.test('annotations and evaluate know the sizes of DICOM films, and see near duplicates among them', async (t) => {
  const images = join(await cd(t), 'IMAGES');
  const folder = t.testdirName;
  const drawn = join(folder, 'boxes.csv');
  await writeFile(drawn, 'image,xmin,ymin,xmax,ymax,label\nIM000001,200,330,390,720,opacity\n');
  const given = [drawn, '--from', 'vott-csv', '--images', images];
  const annotations = (...args: string[]) => runCommand(annotationsCommand(), args);
  const films = join(folder, 'films.csv');
  await writeFile(films, 'image,patient\nIM000001,p1\nIM000002.dcm,p2\n');
  const twins = await annotations('check', ...given, '--films', films);
  t.match(twins, { code: 1, err: /IM000002\.dcm looks like the film of line 2, IM000001: correlation 1\.000/ });
  t.match(await annotations('stats', ...given, '--json'), { code: 0, out: /"boxes": 1/ });

  await writeFile(drawn, `image,xmin,ymin,xmax,ymax,label\nIM000001,200,330,950,720,opacity\n`);
  t.match(
    await annotations('check', ...given, '--films', films),
    { code: 1, err: /outside-film: 200, 330 to 950, 720 on a film of 900 × 1000/ },
    'a box beyond its film',
  );

  await writeFile(drawn, 'image,xmin,ymin,xmax,ymax,label\nIM000001,200,330,390,720,opacity\n');
  const out = join(folder, 'evaluation');
  const { code, err } = await runCommand(evaluateCommand(), [
    '--model',
    'cxr-opacity',
    '--images',
    images,
    '--annotations',
    drawn,
    '--from',
    'vott-csv',
    '--out',
    out,
  ]);
  t.equal(code, 0, err);
  t.equal(
    (await readFile(join(out, 'results.csv'), 'utf8')).match(/^[0-9a-f]{64},/gm)?.length,
    3,
    'three films, and no report among them',
  );
});

const hasDcmtk = process.env['CI'] !== undefined || spawnSync('dcmmkdir', ['--version']).status === 0;

t.test(
  'the DICOMDIR that DCMTK writes is passed over',
  hasDcmtk ? {} : { skip: 'DCMTK is not installed' },
  async (t) => {
    const folder = await cd(t);
    const made = spawnSync(
      'dcmmkdir',
      ['-Pgp', '-W', '+I', '+r', '+id', folder, '+D', join(folder, 'DICOMDIR'), 'IMAGES'],
      {
        encoding: 'utf8',
      },
    );
    t.equal(made.status, 0, made.stderr);
    const { passedOver } = await findFilms([folder]);
    t.match(passedOver, [{ path: /DICOMDIR$/, reason: /DICOMDIR/, isImage: false }, {}, {}]);
  },
);
