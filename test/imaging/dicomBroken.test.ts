import t, { type Test } from 'tap';
import { decodeFilm } from '../../src/imaging/decodeFilm.js';
import { FilmError } from '../../src/imaging/index.js';
import { dataSet, dicomFile, dicomFilm, type DicomItem, syntaxes } from './dicomFiles.js';

const options = { maxPixels: 4_000_000 };
const [width, height] = [80, 64];
const samples = Uint16Array.from({ length: width * height }, (_, i) => (i * 7) % 4096);
const film = (more: DicomItem = {}, syntax: string = syntaxes.explicit) =>
  dicomFilm({ width, height, samples, bitsStored: 12, syntax }, more);

const refused = (t: Test, name: string, bytes: Uint8Array, code: FilmError['code'], message: RegExp) =>
  t.rejects(decodeFilm(bytes, options), { name: 'FilmError', code, message }, name);

t.test('what is no film is refused by its name', async (t) => {
  const root = '1.2.840.10008.5.1.4.1.1';
  const classes: [string, RegExp][] = [
    [`${root}.2`, /CT Image/],
    [`${root}.1.2`, /Mammography/],
    [`${root}.88.33`, /Structured Report/],
    [`${root}.11.1`, /Presentation State/],
    [`${root}.7`, /Secondary Capture.*DICOM_SECONDARY_CAPTURE/],
    ['1.2.3.4', /SOP class 1\.2\.3\.4/],
    ['Doe^Jane', /not a UID/],
  ];
  for (const [uid, message] of classes)
    await refused(t, uid, film({ '00080016': ['UI', uid] }), 'unsupported-image', message);
  await refused(t, 'MG', film({ '00080060': ['CS', 'MG'] }), 'unsupported-image', /modality MG/);
  await refused(t, 'frames', film({ '00280008': ['IS', '2'] }), 'several-frames', /2 frames/);
  await refused(t, 'no frames', film({ '00280008': ['IS', 'Doe'] }), 'several-frames', /number of frames/);
  await t.resolves(decodeFilm(film({ '00280008': ['IS', '1 '] }), options), 'one frame');
});

t.test('a transfer syntax that is not read is refused by its name, and the way out is said', async (t) => {
  const named: [string, RegExp][] = [
    ['1.2.840.10008.1.2.4.92', /JPEG 2000 Part 2 Multi-component \(Lossless Only\) \(1\.2\.840\.10008\.1\.2\.4\.92\)/],
    ['1.2.840.10008.1.2.4.102', /MPEG-4/],
    ['1.2.840.10008.1.2.4.110', /JPEG XL Lossless/],
    ['1.2.3', /unknown \(1\.2\.3\)/],
    ['toString', /unknown \(not a UID\)/],
  ];
  for (const [uid, message] of named) {
    await refused(t, uid, film({}, uid), 'unsupported-image', message);
    await refused(t, uid, film({}, uid), 'unsupported-image', /Send it as Explicit VR Little Endian/);
  }
});

t.test('a picture that the file only says it has is broken, or too large, before anything is allocated', async (t) => {
  const large: DicomItem = { '00280010': ['US', [65535]], '00280011': ['US', [65535]] };
  await refused(t, '65,535 × 65,535', film(large), 'image-too-large', /65535 × 65535/);
  await refused(
    t,
    '1,900 × 1,900',
    film({ '00280010': ['US', [1900]], '00280011': ['US', [1900]] }),
    'broken-image',
    /7220000 bytes/,
  );
  await refused(t, 'small', film({ '00280010': ['US', [40]], '00280011': ['US', [40]] }), 'image-too-small', /40 × 40/);
  await refused(t, 'no rows', film({ '00280010': undefined }), 'broken-image', /rows and columns/);
  await refused(t, 'no pixels', film({ '7FE00010': undefined }), 'broken-image', /no pixel data/);
  await refused(t, '0 rows', film({ '00280010': ['US', [0]] }), 'broken-image', /rows and columns/);
  await refused(t, '32 bits', film({ '00280100': ['US', [32]] }), 'unsupported-image', /32 bits/);
  await refused(t, '17 of 16 bits', film({ '00280101': ['US', [17]] }), 'broken-image', /do not fit/);
  await refused(t, 'high bit 3 of 12', film({ '00280102': ['US', [3]] }), 'broken-image', /do not fit/);
  await refused(t, 'three samples of grey', film({ '00280002': ['US', [3]] }), 'broken-image', /samples a pixel/);
  await refused(t, 'HSV', film({ '00280004': ['CS', 'HSV'] }), 'unsupported-image', /photometric/);
});

t.test('a file that is cut at any byte is refused', async (t) => {
  for (const syntax of Object.values(syntaxes)) {
    const whole = film({ '00283010': ['SQ', [{ '00283002': ['US', [1, 0, 8]], '00283006': ['US', [1]] }]] }, syntax);
    const header = syntax === syntaxes.deflated ? whole.length - 1 : whole.length - samples.byteLength;
    const at = [...Array.from({ length: header - 132 }, (_, i) => 132 + i), whole.length - 2, whole.length - 1];
    let wrong = 0;
    for (const end of at) {
      const outcome = await decodeFilm(whole.subarray(0, end), options).catch((error: unknown) => error);
      if (!(outcome instanceof FilmError)) wrong += 1;
    }
    t.equal(wrong, 0, `${syntax}, ${at.length} places`);
  }
});

t.test('lengths that lie, and sequences without end, are told in words', async (t) => {
  const start = film();
  const at = start.indexOf(Buffer.from('PAT-1')) - 2;
  start.writeUInt16LE(0xffff, at);
  await refused(t, 'a text of 65,535 bytes', start, 'broken-image', /longer than what is left|can not be followed/);
  const pixels = film();
  pixels.writeUInt32LE(0xfffffff0, pixels.length - samples.byteLength - 4);
  await refused(t, 'pixels of 4 GB', pixels, 'broken-image', /longer than what is left/);
  pixels.writeUInt32LE(0xffffffff, pixels.length - samples.byteLength - 4);
  await refused(t, 'fragments that are none', pixels, 'broken-image', /can not be followed/);

  for (const depth of [100, 10_000, 100_000]) {
    await refused(t, `${depth} deep`, nested(depth), 'broken-image', /too deep|no end|can not be followed/);
  }
});

t.test('a file of nothing but elements does not fill the memory', async (t) => {
  // Half a million empty elements, each with a tag of its own.
  const many = Buffer.alloc(8 * 500_000);
  for (let i = 0; i < 500_000; i++) {
    many.writeUInt16LE(9 + 2 * (i >> 16), 8 * i);
    many.writeUInt16LE(i & 0xffff, 8 * i + 2);
    many.write('LO', 8 * i + 4);
  }
  const bytes = Buffer.concat([dicomFile({}), many]);
  await refused(t, 'elements', bytes, 'broken-image', /more elements than any film/);
});

t.test('a deflated file inflates to a film, not to more', async (t) => {
  const bomb = dicomFile({ '00091010': ['OB', new Uint8Array(20_000_000)] }, syntaxes.deflated);
  t.ok(bomb.length < 100_000);
  await refused(t, 'a bomb', bomb, 'image-too-large', /inflates/);
  const noise = Buffer.concat([bomb.subarray(0, 200), Buffer.from('nothing that was ever deflated')]);
  await refused(t, 'noise', noise, 'broken-image', /inflated|inflate/);
});

t.test('laterals and other parts of the body are told by their tags; what is not said is for the gate', async (t) => {
  const faultOf = async (more: DicomItem) => (await decodeFilm(film(more), options)).fault;
  const lateral: Record<string, DicomItem> = {
    'view position': { '00185101': ['CS', 'LL'] },
    'view code': {
      '00185101': undefined,
      '00540220': ['SQ', [{ '00080100': ['SH', '399067008'], '00080102': ['SH', 'SCT'] }]],
    },
    'patient orientation': { '00185101': undefined, '00200020': ['CS', 'A\\F'] },
    'body part': { '00180015': ['CS', 'KNEE'] },
  };
  for (const [name, more] of Object.entries(lateral))
    t.match(await faultOf(more), { code: 'not-a-frontal-chest-film', detail: /lateral|KNEE/ }, name);
  const frontal: Record<string, DicomItem> = {
    PA: {},
    AP: { '00185101': ['CS', 'AP'] },
    'nothing said': { '00185101': undefined, '00180015': undefined },
    'L\\F': { '00185101': undefined, '00200020': ['CS', 'L\\F'] },
    'a word of nobody': { '00185101': ['CS', 'toString'], '00180015': ['CS', 'THX'] },
  };
  for (const [name, more] of Object.entries(frontal)) t.equal(await faultOf(more), undefined, name);
});

t.test('references are what the standard allows; anything else is left out, and no message repeats it', async (t) => {
  const of = async (more: DicomItem) => (await decodeFilm(film(more), options)).identifiers;
  t.match(await of({ '00100020': ['LO', 'Müller'], '00080005': ['CS', 'ISO_IR 100'] }), { patientRef: 'Müller' });
  t.match(await of({ '00100020': ['LO', Buffer.from('Ünal')], '00080005': ['CS', 'ISO_IR 192'] }), {
    patientRef: 'Ünal',
  });
  t.match(await of({ '00100020': ['LO', '  P 7  '], '00080005': ['CS', '\\ISO 2022 IR 87'] }), { patientRef: 'P 7' });
  const none = await of({
    '00100020': ['LO', '\x1b$B;3ED'],
    '00080005': ['CS', '\\ISO 2022 IR 87'],
    '00080020': ['DA', '20260231'],
    '00080050': ['SH', 'x'.repeat(65)],
    '0020000D': ['UI', 'Doe^Jane'],
    '0020000E': ['UI', '1.2.'.repeat(20)],
    '00080018': undefined,
  });
  t.strictSame(none, {});
});

t.test('spacing is told with its kind, and nonsense is not told', async (t) => {
  const of = async (more: DicomItem) => (await decodeFilm(film(more), options)).facts.dicom?.pixelSpacing;
  const [plate, patient] = [
    ['DS', '0.2\\0.1'],
    ['DS', '0.18\\0.09'],
  ] as const;
  t.strictSame(await of({ '00181164': plate }), { rowMm: 0.2, columnMm: 0.1, kind: 'detector' });
  t.strictSame(await of({ '00181164': plate, '00280030': plate }), { rowMm: 0.2, columnMm: 0.1, kind: 'detector' });
  t.match(await of({ '00181164': plate, '00280030': patient }), { rowMm: 0.18, kind: 'calibrated' });
  t.match(await of({ '00280030': patient, '00280A02': ['CS', 'GEOMETRY'] }), { kind: 'calibrated' });
  t.match(await of({ '00280030': patient }), { kind: 'unspecified' });
  t.equal(await of({ '00280030': ['DS', '0.000\\0.000'] }), null);
  t.equal(await of({ '00280030': ['DS', 'x\\y'] }), null);
});

/** A sequence in a sequence, each of undefined length, without their ends. */
function nested(depth: number): Buffer {
  const open = Buffer.concat([
    Buffer.from([0x08, 0x00, 0x40, 0x11]),
    Buffer.from('SQ\0\0'),
    Buffer.from('ffffffff', 'hex'),
    Buffer.from('feff00e0ffffffff', 'hex'),
  ]);
  const rest = dataSet({ '00280010': ['US', [64]] }, { implicit: false, bigEndian: false });
  return Buffer.concat([dicomFile({}), ...Array.from({ length: depth }, () => open), rest]);
}
