import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import t from 'tap';
import { findFilms } from '../../src/cli/detect/films.js';
import { decodeFilm } from '../../src/imaging/decodeFilm.js';
import { type Film, FilmError, type FilmErrorCode } from '../../src/imaging/index.js';

/** Every file that pydicom itself is tested with: files of many vendors and tools, whole, odd and broken. */

const python = process.env['PYDICOM_PYTHON'] ?? 'python3';
const reader = new URL('./read_dicom.py', import.meta.url).pathname;
// CI has pydicom: there the tests fail where it is missing.
const hasPydicom =
  process.env['CI'] !== undefined || spawnSync(python, ['-c', 'import pydicom, openjpeg']).status === 0;
const needsPydicom = hasPydicom ? {} : { skip: 'pydicom with pylibjpeg is not installed (PYDICOM_PYTHON)' };
const options = { maxPixels: 4_000_000, secondaryCapture: true };

function run(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(python, [reader, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

/** Paths below the folder; what is not a picture, a directory or a document of DICOM is left out. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(py|pyc|json|txt|md|dump|gz|zip|icc)$|README/.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** What is refused, with its code, by what the message says; a folder stands for every file below it. */
const refusals: readonly (readonly [code: FilmErrorCode, message: RegExp, ...files: string[]])[] = [
  [
    'image-too-small',
    /at least 64/,
    ...'Arab Fren FrenMulti Germ Greek H31 H32 Hbrw I2 JapMulti JapMultiExplicitIR6 KoreanMulti Russ X1 X2'
      .split(' ')
      .map((name) => `charset_files/chr${name}.dcm`),
    'test_files/JPEGLSNearLossless_08.dcm',
    'test_files/JPEGLSNearLossless_16.dcm',
    'test_files/SC_rgb_small_odd.dcm',
    'test_files/SC_rgb_small_odd_big_endian.dcm',
    'test_files/SC_rgb_small_odd_jpeg.dcm',
    'test_files/dicomdirtests/77654033/CR1/',
    'test_files/dicomdirtests/77654033/CR2/',
    'test_files/dicomdirtests/77654033/CR3/',
  ],
  [
    'broken-image',
    /names no SOP class/,
    'charset_files/chrSQEncoding.dcm',
    'charset_files/chrSQEncoding1.dcm',
    'test_files/UN_sequence.dcm',
    'test_files/empty_charset_LEI.dcm',
    'test_files/nested_priv_SQ.dcm',
    'test_files/no_meta_group_length.dcm',
    'test_files/priv_SQ.dcm',
  ],
  ['broken-image', /names no transfer syntax/, 'test_files/meta_missing_tsyntax.dcm'],
  // pydicom reads the second: it guesses that the file is not of the transfer syntax that it names. DCMTK refuses it.
  ['broken-image', /longer than what is left/, 'test_files/MR_truncated.dcm', 'test_files/SC_rgb_jpeg.dcm'],
  ['broken-image', /can not be followed/, 'test_files/rtplan_truncated.dcm'],
  // Neither can pydicom.
  ['broken-image', /another size/, 'test_files/JPEG2000-embedded-sequence-delimiter.dcm'],
  [
    'several-frames',
    /2 frames/,
    'test_files/SC_rgb_rle_16bit_2frame.dcm',
    'test_files/SC_rgb_rle_2frame.dcm',
    'test_files/SC_rgb_rle_32bit_2frame.dcm',
  ],
  ['unsupported-image', /more than 8 bits/, 'test_files/SC_rgb_rle_16bit.dcm'],
  ['unsupported-image', /32 bits/, 'test_files/SC_rgb_rle_32bit.dcm'],
  ['unsupported-image', /JPEG Extended .* 12 bits/, 'test_files/JPEG-lossy.dcm', 'test_files/JPGExtended.dcm'],
  [
    'unsupported-image',
    /no known image format/,
    'test_files/ExplVR_BigEndNoMeta.dcm',
    'test_files/no_meta.dcm',
    'test_files/rtstruct.dcm',
  ],
  ['unsupported-image', /DICOM \(without preamble\)/, 'test_files/ExplVR_LitEndNoMeta.dcm'],
  [
    'unsupported-image',
    /: CT Image/,
    'test_files/693_J2KI.dcm',
    'test_files/CT_small.dcm',
    'test_files/J2K_pixelrep_mismatch.dcm',
    'test_files/dicomdirtests/77654033/CT2/',
    'test_files/dicomdirtests/98892001/',
    'test_files/dicomdirtests/TINY_ALPHA/PT000000/',
  ],
  [
    'unsupported-image',
    /: MR Image/,
    ...' _RLE _bigendian _expb _implicit _jp2klossless _jpeg_ls_lossless _padded'
      .split(' ')
      .map((name) => `test_files/MR_small${name}.dcm`),
    'test_files/examples_overlay.dcm',
    'test_files/dicomdirtests/98892003/',
  ],
  [
    'unsupported-image',
    /: Ultrasound/,
    'test_files/ExplVR_BigEnd.dcm',
    ...'jpeg2k palette rgb_color ybr_color'.split(' ').map((name) => `test_files/examples_${name}.dcm`),
  ],
  [
    'unsupported-image',
    /: Radiotherapy/,
    'test_files/badVR.dcm',
    ...' _1frame _expb _expb_1frame _rle _rle_1frame'.split(' ').map((name) => `test_files/rtdose${name}.dcm`),
    'test_files/rtplan.dcm',
  ],
  ['unsupported-image', /: Segmentation/, 'test_files/liver_1frame.dcm', 'test_files/liver_expb_1frame.dcm'],
  [
    'unsupported-image',
    /: Structured Report/,
    'test_files/reportsi.dcm',
    'test_files/reportsi_with_empty_number_tags.dcm',
    'test_files/test-SR.dcm',
  ],
  ['unsupported-image', /: object of the SOP class/, 'palettes/', 'test_files/waveform_ecg.dcm'],
  [
    'unsupported-image',
    /: DICOMDIR/,
    ...' -bigEnd -empty.dcm -implicit -nooffset -nopatient -reordered'
      .split(' ')
      .map((name) => `test_files/dicomdirtests/DICOMDIR${name}`),
    'test_files/dicomdirtests/TINY_ALPHA/DICOMDIR',
  ],
];

t.test('every file of pydicom is read as pydicom reads it, or refused with a code', needsPydicom, async (t) => {
  const folder = run('--files');
  const copies = t.testdir();
  const films: [string, Film][] = [];
  const unlisted: string[] = [];
  let refused = 0;
  for (const file of filesBelow(folder)) {
    const outcome = await decodeFilm(readFileSync(join(folder, file)), options).catch((error: unknown) => error);
    if (outcome instanceof FilmError && isListed(file, outcome)) refused += 1;
    else if (outcome instanceof Error) unlisted.push(`${file}: ${String(outcome)}`);
    else {
      copyFileSync(join(folder, file), join(copies, `${films.length}.dcm`));
      films.push([file, outcome as Film]);
    }
  }
  t.strictSame(unlisted, []);
  t.equal(refused, 171);

  run(copies);
  for (const [i, [file, { pixels, facts }]] of films.entries()) {
    const rgb = join(copies, `${i}.rgb`);
    const expected = existsSync(rgb) ? readFileSync(rgb) : greyOf(readFileSync(join(copies, `${i}.voi`)), facts.bits);
    // Decoders of JPEG round differently.
    t.ok(furthest(pixels, expected) <= 2, `${file}: at most ${furthest(pixels, expected)} off`);
  }
  t.equal(films.length, 21);
});

function isListed(file: string, { code, message }: FilmError): boolean {
  const rows = refusals.filter(([, , ...files]) =>
    files.some((listed) => (listed.endsWith('/') ? file.startsWith(listed) : file === listed)),
  );
  return rows.length === 1 && rows.every(([listed, words]) => listed === code && words.test(message));
}

t.test('in the folder of a CD, directories are passed over', needsPydicom, async (t) => {
  const { films, passedOver } = await findFilms([join(run('--files'), 'test_files', 'dicomdirtests')]);
  t.equal(films.length, 81);
  const directories = passedOver.filter(({ reason }) => /DICOMDIR/.test(reason));
  t.equal(directories.length, 8);
  t.ok(directories.every(({ isImage }) => !isImage));
});

function greyOf(voi: Buffer, bits: number): Float64Array {
  const levels = new Float64Array(voi.buffer.slice(voi.byteOffset, voi.byteOffset + voi.byteLength));
  return levels.map((level) => level * (2 ** bits - 1));
}

function furthest(found: Film['pixels'], expected: ArrayLike<number>): number {
  let most = found.length === expected.length ? 0 : Infinity;
  for (let i = 0; i < found.length; i++) most = Math.max(most, Math.abs((found[i] ?? NaN) - (expected[i] ?? NaN)));
  return most;
}
