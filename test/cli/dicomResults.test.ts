import { spawnSync } from 'node:child_process';
import { cp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import type { FileReport } from '../../src/cli/detect/analyseFiles.js';
import { detectCommand } from '../../src/cli/detect/command.js';
import { dicomFilm, type DicomItem } from '../imaging/dicomFiles.js';
import { runCommand } from './runCommand.js';

/** `detect --dicom-sr`, `--dicom-pr`: films as files, results as DICOM beside them. */

process.env['RUNNERS'] = '1';
process.env['DECODERS'] = '1';

const source = 'annotations/films/nih-00004344_002.jpg';
const [width, height] = [900, 1000];
const python = process.env['HIGHDICOM_PYTHON'] ?? 'python3';
const hasHighdicom = process.env['CI'] !== undefined || spawnSync(python, ['-c', 'import highdicom']).status === 0;
const reader = new URL('../dicom/read_results.py', import.meta.url).pathname;

interface Read {
  readonly name: string;
  readonly id: string;
  readonly texts: string[];
  readonly groups: { readonly points: [number, number][] }[];
}

t.test('detect writes the result of each DICOM film, and says which had none', async (t) => {
  const folder = t.testdir({ films: {} });
  const [films, sr, pr] = ['films', 'sr', 'pr'].map((name) => join(folder, name)) as [string, string, string];
  const samples = Uint16Array.from(
    await sharp(source).resize(width, height, { fit: 'fill' }).toColourspace('b-w').raw().toBuffer(),
    (v) => 200 + v * 14,
  );
  const film = { width, height, samples, bitsStored: 12 };
  const named: DicomItem = {
    '00080005': ['CS', 'ISO_IR 100'],
    '00100010': ['PN', 'M\xfcller^J\xf6rg'],
    '00281050': ['DS', '1985'],
    '00281051': ['DS', '3570'],
  };
  await writeFile(join(films, 'frontal.dcm'), dicomFilm(film, named));
  await writeFile(join(films, 'lateral.dcm'), dicomFilm(film, { ...named, '00185101': ['CS', 'LL'] }));
  await writeFile(join(films, 'nameless.dcm'), dicomFilm(film, { ...named, '0020000E': undefined }));
  await cp(source, join(films, 'plain.jpg'));
  const { code, out, err } = await runCommand(detectCommand(), [
    films,
    '--model',
    'cxr-opacity',
    '--dicom-sr',
    sr,
    '--dicom-pr',
    pr,
  ]);
  t.equal(code, 1);
  t.match(err, /2 of 4 results were not written as DICOM:/);
  t.match(err, /nameless\.dcm: The DICOM file has no valid Series Instance UID/);
  t.match(err, /plain\.jpg: its film is not a DICOM file/);
  t.notMatch(err, /ller|PAT-1|1\.2\.826/, 'nobody is named');
  t.strictSame((await readdir(sr)).sort(), ['frontal.dcm.sr.dcm', 'lateral.dcm.sr.dcm']);
  t.strictSame((await readdir(pr)).sort(), ['frontal.dcm.pr.dcm', 'lateral.dcm.pr.dcm']);

  const [report] = out.split('\n').map((line) => (line === '' ? undefined : (JSON.parse(line) as FileReport)));
  t.equal(report?.state, 'findings');
  if (!hasHighdicom) {
    t.comment('highdicom (HIGHDICOM_PYTHON) is not installed: what was written was not read');
    return;
  }
  const paths = ['frontal', 'lateral'].map((name) => join(sr, `${name}.dcm.sr.dcm`));
  const { stdout, stderr, status } = spawnSync(python, [reader, ...paths], { encoding: 'utf8' });
  t.equal(status, 0, stderr);
  const [frontal, lateral] = stdout.split('\n').map((line) => (line === '' ? undefined : (JSON.parse(line) as Read)));
  t.match(frontal, { name: 'Müller^Jörg', id: 'PAT-1' });
  const corners = report?.state === 'findings' ? report.detections.map(({ box: { x, y } }) => [x, y]) : [];
  t.strictSame(
    frontal?.groups.map(({ points }) => points[0]),
    corners.map((corner) => corner.map(Math.fround)),
  );
  t.strictSame(lateral?.groups, []);
  t.ok(lateral?.texts.some((text) => text.startsWith('Not analysed (not-a-frontal-chest-film)')));
});
