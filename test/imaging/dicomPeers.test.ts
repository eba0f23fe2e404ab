import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { decodeFilm } from '../../src/imaging/decodeFilm.js';
import type { Film } from '../../src/imaging/index.js';
import { dicomFilm, type DicomItem, syntaxes } from './dicomFiles.js';

/** DICOM as others write and read it: DCMTK and pydicom, where they are installed. */

const python = process.env['PYDICOM_PYTHON'] ?? 'python3';
const reader = new URL('./read_dicom.py', import.meta.url).pathname;
// CI has both: there the tests fail where one is missing.
const inCi = process.env['CI'] !== undefined;
const hasPydicom = inCi || spawnSync(python, ['-c', 'import pydicom, openjpeg']).status === 0;
const hasDcmtk = inCi || spawnSync('dcmcjpeg', ['--version']).status === 0;
const needsPydicom = hasPydicom ? {} : { skip: 'pydicom with pylibjpeg is not installed (PYDICOM_PYTHON)' };
const needsDcmtk = hasDcmtk ? {} : { skip: 'DCMTK is not installed' };

const options = { maxPixels: 4_000_000, secondaryCapture: true };
const [width, height] = [200, 150];
/** Smooth, with some noise: what codecs are made for, and where a wrong predictor shows. */
const samples = Uint16Array.from({ length: width * height }, (_, i) => {
  const [x, y] = [i % width, Math.floor(i / width)];
  return Math.round(2048 + 1200 * Math.sin(x / 17) * Math.cos(y / 23) + ((i * 7919) % 61));
});
const window: DicomItem = { '00281050': ['DS', '2048'], '00281051': ['DS', '4096'] };
const read = (path: string) => decodeFilm(readFileSync(path), options);

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

t.test('what DCMTK converts and compresses without loss is the same film', needsDcmtk, async (t) => {
  const folder = t.testdir();
  const whole = join(folder, 'whole.dcm');
  writeFileSync(whole, dicomFilm({ width, height, samples, bitsStored: 12 }, window));
  const { pixels } = await read(whole);
  const ways: [string, string, ...string[]][] = [
    ['1.2.840.10008.1.2', 'dcmconv', '+ti'],
    ['1.2.840.10008.1.2.2', 'dcmconv', '+tb'],
    ['1.2.840.10008.1.2.1.99', 'dcmconv', '+td'],
    ['1.2.840.10008.1.2.5', 'dcmcrle'],
    ['1.2.840.10008.1.2.4.70', 'dcmcjpeg', '+e1'],
    ...[1, 2, 3, 4, 5, 6, 7].map((n): [string, string, ...string[]] => [
      '1.2.840.10008.1.2.4.57',
      'dcmcjpeg',
      '+el',
      '+sv',
      String(n),
    ]),
    ['1.2.840.10008.1.2.4.80', 'dcmcjpls'],
  ];
  for (const [uid, command, ...args] of ways) {
    const made = join(folder, 'made.dcm');
    run(command, ...args, whole, made);
    const film = await read(made);
    t.equal(film.facts.dicom?.transferSyntax, uid);
    t.ok(Buffer.compare(bytesOf(film.pixels), bytesOf(pixels)) === 0, `${uid} ${args.join(' ')}`);
    t.equal(film.facts.dicom?.lossy, false, uid);
  }
});

t.test('12 bits of JPEG Extended are refused by name; 8 bits are read, and said to be lossy', needsDcmtk, async (t) => {
  const folder = t.testdir();
  const [whole, made] = [join(folder, 'whole.dcm'), join(folder, 'made.dcm')];
  writeFileSync(whole, dicomFilm({ width, height, samples, bitsStored: 12 }, window));
  run('dcmcjpeg', '+ee', whole, made);
  await t.rejects(read(made), {
    code: 'unsupported-image',
    message: /JPEG Extended \(Process 2 & 4\) \(1\.2\.840\.10008\.1\.2\.4\.51\) with 12 bits/,
  });
  const eight = Uint8Array.from(samples, (v) => v >> 4);
  writeFileSync(whole, dicomFilm({ width, height, samples: eight }));
  for (const way of ['+eb', '+ee']) {
    // DCMTK makes the darkest value of the picture 0.
    run('dcmcjpeg', way, '+q', '100', whole, made);
    const film = await read(made);
    t.match(film.facts, { bits: 8, dicom: { lossy: true } });
    const darkest = Math.min(...eight);
    const moved = eight.map((v) => v - darkest);
    t.ok(furthest(film.pixels, moved) <= 2, way);
  }
});

t.test('what pydicom compresses with OpenJPEG is the same film', needsPydicom, async (t) => {
  const folder = t.testdir();
  const [whole, made] = [join(folder, 'whole.dcm'), join(folder, 'made.dcm')];
  for (const signed of [0, 1]) {
    const more: DicomItem = {
      ...window,
      '00280103': ['US', [signed]],
      '00281050': ['DS', signed === 1 ? '0' : '2048'],
    };
    writeFileSync(whole, dicomFilm({ width, height, samples, bitsStored: 12 }, more));
    run(python, reader, '--compress', whole, made, '1.2.840.10008.1.2.4.90');
    const film = await read(made);
    t.equal(film.facts.dicom?.transferSyntax, '1.2.840.10008.1.2.4.90');
    t.ok(Buffer.compare(bytesOf(film.pixels), bytesOf((await read(whole)).pixels)) === 0, `signed: ${signed}`);
  }
});

t.test('grey levels are those of pydicom, whatever a film switches on', needsPydicom, async (t) => {
  const folder = t.testdir();
  const films = [...switchedFilms()];
  for (const [i, bytes] of films.entries()) writeFileSync(join(folder, `${i}.dcm`), bytes);
  run(python, reader, folder);
  let most = 0;
  for (const i of films.keys()) {
    const { pixels } = await read(join(folder, `${i}.dcm`));
    const voi = readFileSync(join(folder, `${i}.voi`));
    const expected = new Float64Array(voi.buffer.slice(voi.byteOffset, voi.byteOffset + voi.byteLength));
    most = Math.max(
      most,
      furthest(
        pixels,
        expected.map((level) => level * 65535),
      ),
    );
  }
  t.ok(films.length > 100 && most <= 1, `${films.length} films, at most ${most} of 65535 off`);
});

/** Every switch with every other, in a seeded order of values. */
function* switchedFilms(): Generator<Buffer> {
  let seed = 20;
  const next = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
  for (const photometric of ['MONOCHROME1', 'MONOCHROME2'])
    for (const signed of [0, 1])
      for (const bitsStored of [10, 12, 16])
        for (const shape of [undefined, 'LINEAR_EXACT', 'SIGMOID'])
          for (const rescale of [undefined, ['1', '-1024'], ['0.684', '200']])
            for (const syntax of [syntaxes.explicit, syntaxes.implicit, syntaxes.bigEndian]) {
              const size = 2 ** bitsStored;
              const noise = Uint16Array.from({ length: 64 * 66 }, () => next(size));
              const [slope = '1', intercept = '0'] = rescale ?? [];
              const centre = ((signed === 1 ? 0 : size / 2) + next(200)) * Number(slope) + Number(intercept);
              const more: DicomItem = {
                '00280004': ['CS', photometric],
                '00280103': ['US', [signed]],
                '00281050': ['DS', `${centre.toFixed(3)}\\7`],
                '00281051': ['DS', `${String(50 + next(size))}\\9`],
                ...(shape !== undefined && { '00281056': ['CS', shape] }),
                ...(rescale !== undefined && { '00281052': ['DS', intercept], '00281053': ['DS', slope] }),
              };
              yield dicomFilm({ width: 64, height: 66, samples: noise, bitsStored, syntax }, more);
            }
}

function furthest(found: Film['pixels'], expected: ArrayLike<number>): number {
  let most = found.length === expected.length ? 0 : Infinity;
  for (let i = 0; i < found.length; i++) most = Math.max(most, Math.abs((found[i] ?? NaN) - (expected[i] ?? NaN)));
  return most;
}

function bytesOf(pixels: Film['pixels']): Uint8Array {
  return new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
}
