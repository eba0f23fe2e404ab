import t, { type Test } from 'tap';
import { decodeFilm } from '../../src/imaging/decodeFilm.js';
import { sniffFormat } from '../../src/imaging/index.js';
import { dicomFilm, type DicomItem, syntaxes } from './dicomFiles.js';

const options = { maxPixels: 4_000_000 };
const [width, height] = [80, 64];
/** Every stored value of 12 bits is there, and some twice. */
const ramp = Uint16Array.from({ length: width * height }, (_, i) => (i * 7) % 4096);
const film = (more: DicomItem = {}, syntax: string = syntaxes.explicit) =>
  dicomFilm({ width, height, samples: ramp, bitsStored: 12, syntax }, more);
/** 2048 ± 2048: LINEAR takes 0 to black and 4095 to white. */
const window: DicomItem = { '00281050': ['DS', '2048'], '00281051': ['DS', '4096'] };
const levelsOf = async (bytes: Buffer) => (await decodeFilm(bytes, options)).pixels;
const scaled = (values: Uint16Array, level: (value: number) => number) =>
  Uint16Array.from(values, (value) => Math.round(65535 * Math.min(1, Math.max(0, level(value)))));

/** Rounding may differ by one level of 65,535. */
function isNear(t: Test, found: Uint8Array | Uint16Array, expected: Uint16Array, name = 'levels') {
  const furthest = expected.reduce((most, v, i) => Math.max(most, Math.abs(v - (found[i] ?? NaN))), 0);
  t.ok(found.length === expected.length && furthest <= 1, `${name}: at most ${furthest} of 65535 off`);
}

t.test('a DICOM film is read to grey levels of 16 bits by its window, with what its file says of it', async (t) => {
  const found = await decodeFilm(film(window), options);
  t.strictSame(
    found.pixels,
    scaled(ramp, (v) => v / 4095),
  );
  t.match(found, { width, height, channels: 1 });
  t.match(found.facts, {
    format: 'dicom',
    bits: 16,
    preparation: { window: null, inverted: false, orientation: 1 },
    dicom: {
      sopClass: '1.2.840.10008.5.1.4.1.1.1',
      transferSyntax: syntaxes.explicit,
      photometricInterpretation: 'MONOCHROME2',
      windowSource: 'voi',
      pixelSpacing: null,
      lossy: false,
      secondaryCapture: false,
    },
  });
  t.strictSame(found.identifiers, {
    patientRef: 'PAT-1',
    accessionNumber: 'ACC-1',
    studyInstanceUid: '1.2.826.0.1.3680043.8.498.2',
    seriesInstanceUid: '1.2.826.0.1.3680043.8.498.3',
    sopInstanceUid: '1.2.826.0.1.3680043.8.498.1',
    studyDate: '2026-01-31',
  });
  t.notMatch(JSON.stringify(found.facts), /PAT-1|ACC-1|Doe|498|2026/, 'nothing of the patient is in what is reported');
});

t.test('the same pixels come out of every uncompressed transfer syntax', async (t) => {
  const expected = scaled(ramp, (v) => v / 4095);
  for (const [name, syntax] of Object.entries(syntaxes)) {
    const found = await decodeFilm(film(window, syntax), options);
    isNear(t, found.pixels, expected, name);
    t.equal(found.facts.dicom?.transferSyntax, syntax);
    t.equal(found.identifiers?.patientRef, 'PAT-1', name);
  }
});

t.test('pixels that look like the start of a sequence are pixels, also where the file writes no VR', async (t) => {
  const samples = new Uint16Array(width * height).fill(0xe000).fill(0xfffe, 0, 1);
  const found = await decodeFilm(
    dicomFilm(
      { width, height, samples, syntax: syntaxes.implicit },
      {
        '00281050': ['DS', '32768'],
        '00281051': ['DS', '65536'],
      },
    ),
    options,
  );
  t.equal(found.pixels[0], 0xfffe);
  t.equal(found.pixels[1], 0xe000);
});

t.test('the preamble may hold anything, also the beginning of a TIFF', async (t) => {
  const bytes = film(window);
  bytes.write('II*\0', 0, 'latin1');
  t.equal(sniffFormat(bytes), 'dicom');
  isNear(
    t,
    await levelsOf(bytes),
    scaled(ramp, (v) => v / 4095),
  );
});

t.test('grey levels go the way of the standard', async (t) => {
  const cases: Record<string, { more: DicomItem; level: (stored: number) => number; source?: string }> = {
    // (x − (c − 0.5)) / (w − 1) + 0.5
    LINEAR: {
      more: { '00281050': ['DS', '1000'], '00281051': ['DS', '801'] },
      level: (v) => (v - 999.5) / 800 + 0.5,
    },
    LINEAR_EXACT: {
      more: { '00281050': ['DS', '1000'], '00281051': ['DS', '800'], '00281056': ['CS', 'LINEAR_EXACT'] },
      level: (v) => (v - 1000) / 800 + 0.5,
    },
    SIGMOID: {
      more: { '00281050': ['DS', '2000'], '00281051': ['DS', '1000'], '00281056': ['CS', 'SIGMOID'] },
      level: (v) => 1 / (1 + Math.exp((-4 * (v - 2000)) / 1000)),
    },
    'of several windows the first': {
      more: { '00281050': ['DS', '1000\\9'], '00281051': ['DS', '801 \\7'] },
      level: (v) => (v - 999.5) / 800 + 0.5,
    },
    'a window of width 1 is a step': {
      more: { '00281050': ['DS', '1000'], '00281051': ['DS', '1'] },
      level: (v) => (v > 999.5 ? 1 : 0),
    },
    'slope and intercept before the window': {
      more: {
        '00281052': ['DS', '-1024'],
        '00281053': ['DS', '0.5'],
        '00281050': ['DS', '0'],
        '00281051': ['DS', '1001'],
      },
      level: (v) => (v * 0.5 - 1024 + 0.5) / 1000 + 0.5,
    },
    'a negative slope': {
      more: { '00281052': ['DS', '4095'], '00281053': ['DS', '-1'], ...window },
      level: (v) => (4095 - v) / 4095,
    },
    'a modality LUT, and not the slope beside it': {
      more: {
        // 64 → 100, 65 → 300, all above → 500
        '00283000': ['SQ', [{ '00283002': ['US', [3, 64, 16]], '00283006': ['US', [100, 300, 500]] }]],
        '00281052': ['DS', '7'],
        '00281053': ['DS', '3'],
        '00281050': ['DS', '300'],
        '00281051': ['DS', '401'],
      },
      level: (v) => ((v <= 64 ? 100 : v === 65 ? 300 : 500) - 299.5) / 400 + 0.5,
    },
    'a VOI LUT, and not the window beside it': {
      more: {
        '00283010': ['SQ', [{ '00283002': ['US', [3, 2000, 8]], '00283006': ['US', [0, 51, 255]] }]],
        ...window,
      },
      level: (v) => (v <= 2000 ? 0 : v === 2001 ? 51 / 255 : 1),
      source: 'voi-lut',
    },
    'MONOCHROME1 is turned round last': {
      more: { ...window, '00280004': ['CS', 'MONOCHROME1'] },
      level: (v) => 1 - v / 4095,
    },
    'MONOCHROME1 and INVERSE together turn it round once': {
      more: { ...window, '00280004': ['CS', 'MONOCHROME1'], '20500020': ['CS', 'INVERSE'] },
      level: (v) => 1 - v / 4095,
    },
    'MONOCHROME2 with IDENTITY': { more: { ...window, '20500020': ['CS', 'IDENTITY'] }, level: (v) => v / 4095 },
  };
  for (const [name, { more, level, source = 'voi' }] of Object.entries(cases)) {
    for (const syntax of [syntaxes.explicit, syntaxes.implicit, syntaxes.bigEndian]) {
      const found = await decodeFilm(film(more, syntax), options);
      isNear(t, found.pixels, scaled(ramp, level), `${name}, ${syntax}`);
      t.equal(found.facts.dicom?.windowSource, source, name);
    }
  }
});

t.test('bits that are not stored are masked, and signed values have their sign', async (t) => {
  // An overlay in bit 12, as old files have it.
  const overlaid = ramp.map((v, i) => v | (i % 3 === 0 ? 0x1000 : 0));
  isNear(
    t,
    await levelsOf(dicomFilm({ width, height, samples: overlaid, bitsStored: 12 }, window)),
    scaled(ramp, (v) => v / 4095),
  );
  const shifted = ramp.map((v) => v << 4);
  isNear(
    t,
    await levelsOf(
      dicomFilm({ width, height, samples: shifted, bitsStored: 12 }, { ...window, '00280102': ['US', [15]] }),
    ),
    scaled(ramp, (v) => v / 4095),
    'high bit 15',
  );
  const signed = { '00280103': ['US', [1]], '00281050': ['DS', '0'], '00281051': ['DS', '4096'] } satisfies DicomItem;
  // 12 bits: 2048…4095 are −2048…−1.
  isNear(
    t,
    await levelsOf(film(signed)),
    scaled(ramp, (v) => ((v < 2048 ? v : v - 4096) + 0.5) / 4095 + 0.5),
  );
});

t.test('10 bits in 16 are 10 bits, whatever is above them', async (t) => {
  // 0…1023 with an overlay in bits 10 to 15.
  const samples = Uint16Array.from({ length: width * height }, (_, i) => (i % 1024) | ((i % 64) << 10));
  const ten = { '00281050': ['DS', '512'], '00281051': ['DS', '1024'] } satisfies DicomItem;
  isNear(
    t,
    await levelsOf(dicomFilm({ width, height, samples, bitsStored: 10 }, ten)),
    scaled(samples, (v) => (v & 1023) / 1023),
  );
});

t.test('a film without a window, or with one that makes no sense, gets the 1st and 99th percentile', async (t) => {
  // 0…99, 51 or 52 times each: black is 0 or 1, white 98 or 99 by nearest rank.
  const samples = Uint16Array.from({ length: width * height }, (_, i) => 1000 + (i % 100));
  const none: Record<string, DicomItem> = {
    'no window': {},
    'width 0': { '00281050': ['DS', '1050'], '00281051': ['DS', '0'] },
    'width under 1': { '00281050': ['DS', '1050'], '00281051': ['DS', '0.5'] },
    'no numbers': { '00281050': ['DS', 'abc'], '00281051': ['DS', '4096'] },
    'a window beside all values': { '00281050': ['DS', '30000'], '00281051': ['DS', '10'] },
    'a VOI LUT of no bits': { '00283010': ['SQ', [{ '00283002': ['US', [3, 0, 0]], '00283006': ['US', [1, 2, 3]] }]] },
  };
  for (const [name, more] of Object.entries(none)) {
    const found = await decodeFilm(dicomFilm({ width, height, samples, bitsStored: 12 }, more), options);
    t.equal(found.facts.dicom?.windowSource, 'percentile', name);
    t.strictSame(
      found.pixels,
      scaled(samples, (v) => (v - 1000) / 98),
      name,
    );
  }
});

t.test('padding is black, and not counted', async (t) => {
  const half = Uint16Array.from({ length: width * height }, (_, i) => (i % 2 === 0 ? 4000 : 1000 + ((i >> 1) % 100)));
  for (const photometric of ['MONOCHROME1', 'MONOCHROME2']) {
    const found = await decodeFilm(
      dicomFilm(
        { width, height, samples: half, bitsStored: 12 },
        {
          '00280004': ['CS', photometric],
          '00280120': ['US', [3990]],
          '00280121': ['US', [4010]],
        },
      ),
      options,
    );
    t.ok(
      found.pixels.every((v, i) => i % 2 === 1 || v === 0),
      photometric,
    );
    const level = (v: number) => (photometric === 'MONOCHROME1' ? 1 - (v - 1000) / 98 : (v - 1000) / 98);
    isNear(
      t,
      found.pixels.filter((_, i) => i % 2 === 1),
      scaled(
        half.filter((_, i) => i % 2 === 1),
        level,
      ),
    );
  }
  const all = await decodeFilm(
    dicomFilm({ width, height, samples: half.fill(7) }, { '00280120': ['US', [7]] }),
    options,
  );
  t.ok(
    all.pixels.every((v) => v === 0),
    'a film of nothing but padding',
  );
});

t.test('8 bits without a window stay the 8 bits that they are', async (t) => {
  const samples = Uint8Array.from({ length: width * height }, (_, i) => i % 251);
  const found = await decodeFilm(dicomFilm({ width, height, samples }), options);
  t.strictSame(found.pixels, samples);
  t.match(found.facts, { bits: 8, dicom: { windowSource: 'none' } });
  const big = dicomFilm({ width, height, samples: Buffer.from(samples).swap16(), syntax: syntaxes.bigEndian });
  t.strictSame(await levelsOf(big), samples, 'bytes in words, big end first');
});
