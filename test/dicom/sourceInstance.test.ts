import t from 'tap';
import { readSourceInstance, resultObjects } from '../../src/dicom/index.js';
import { dicomFilm, type DicomItem, syntaxes } from '../imaging/dicomFiles.js';
import { belowThreshold } from './results.js';

const film = { width: 64, height: 64, samples: new Uint16Array(64 * 64), bitsStored: 12 };
const read = (more: DicomItem = {}, syntax?: string) =>
  readSourceInstance(dicomFilm({ ...film, ...(syntax !== undefined && { syntax }) }, more), 1e6);

t.test('what a file says of its film is read in every form of DICOM', (t) => {
  for (const syntax of Object.values(syntaxes)) {
    const more: DicomItem = {
      '00100030': ['DA', '19700101'],
      '00100040': ['CS', 'F'],
      '00080030': ['TM', '101500.123'],
      '00080090': ['PN', 'Roe^Richard'],
      '00281050': ['DS', '2048\\100'],
      '00281051': ['DS', '4096\\50'],
      '00281052': ['DS', '-1024'],
      '00281053': ['DS', '1'],
    };
    t.strictSame(read(more, syntax), {
      sopClassUid: '1.2.840.10008.5.1.4.1.1.1',
      sopInstanceUid: '1.2.826.0.1.3680043.8.498.1',
      seriesInstanceUid: '1.2.826.0.1.3680043.8.498.3',
      studyInstanceUid: '1.2.826.0.1.3680043.8.498.2',
      patientId: 'PAT-1',
      patientName: 'Doe^Jane',
      accessionNumber: 'ACC-1',
      referringPhysicianName: 'Roe^Richard',
      patientBirthDate: '19700101',
      patientSex: 'F',
      studyDate: '20260131',
      studyTime: '101500.123',
      bodyPartExamined: 'CHEST',
      greyLevels: { rescale: { slope: 1, intercept: -1024 }, window: { center: 2048, width: 4096 } },
    });
  }
  t.end();
});

t.test('names are read in the character sets of the world', (t) => {
  // The examples of PS3.5, annexes H, I, J and K.
  const names: [sets: string, bytes: string, name: string | undefined][] = [
    ['ISO_IR 100', 'M\xfcller^J\xf6rg', 'Müller^Jörg'],
    ['ISO_IR 192', 'Wang^XiaoDong=\xe7\x8e\x8b^\xe5\xb0\x8f\xe6\x9d\xb1', 'Wang^XiaoDong=王^小東'],
    ['GB18030', 'Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab', 'Wang^XiaoDong=王^小东'],
    [
      '\\ISO 2022 IR 87',
      'Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B',
      'Yamada^Tarou=山田^太郎=やまだ^たろう',
    ],
    [
      'ISO 2022 IR 13\\ISO 2022 IR 87',
      '\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b(J',
      'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう',
    ],
    [
      '\\ISO 2022 IR 149',
      'Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf',
      'Hong^Gildong=洪^吉洞=홍^길동',
    ],
    ['\\ISO 2022 IR 58', 'Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab', 'Zhang^XiaoDong=张^小东'],
    ['', 'Doe^Jane', 'Doe^Jane'],
    ['ISO_IR 999', 'Doe^Jane', 'Doe^Jane'],
    ['ISO_IR 999', 'D\xf6e^Jane', undefined],
    ['ISO_IR 192', 'M\xfcller', undefined],
    ['\\ISO 2022 IR 87', 'A\x1b$Z12', undefined],
  ];
  for (const [sets, bytes, name] of names) {
    const more: DicomItem = {
      '00080005': ['CS', sets],
      '00100010': ['PN', Buffer.from(bytes, 'latin1')],
    };
    t.equal(read(more).patientName, name, sets);
  }
  t.end();
});

t.test('a patient whose ID can not be read, or an object without UIDs, is refused, and not by its values', (t) => {
  const refused: [DicomItem, RegExp][] = [
    [{ '00100020': ['LO', 'P\xe4t-77'], '00080005': ['CS', 'ISO_IR 999'] }, /Patient ID is in a character set/],
    [{ '0020000E': undefined }, /no valid Series Instance UID/],
    [{ '0020000D': ['UI', 'Pat-77'] }, /no valid Study Instance UID/],
    [{ '00080018': ['UI', ''] }, /no valid SOP Instance UID/],
  ];
  for (const [more, message] of refused) {
    t.throws(() => read(more), { name: 'SourceInstanceError', message });
    t.throws(() => read(more), { message: /^(?!.*77)/ });
  }
  t.end();
});

t.test('what has another form than its VR is left out', (t) => {
  const { studyDate, studyTime, patientBirthDate, bodyPartExamined, greyLevels } = read({
    '00080020': ['DA', '2026-01-31'],
    '00080030': ['TM', '10:15'],
    '00100030': ['DA', 'unknown'],
    '00180015': ['CS', 'chest, pa'],
    '00281050': ['DS', 'x'],
    '00281051': ['DS', '0'],
    '00281053': ['DS', '0'],
  });
  t.strictSame(
    [studyDate, studyTime, patientBirthDate, bodyPartExamined, greyLevels],
    [undefined, undefined, undefined, undefined, undefined],
  );
  t.end();
});

t.test('numbers keep the digits that a decimal string has room for', async (t) => {
  const rescale = { slope: 2 ** -16, intercept: -1024.123456789012 };
  const source = { ...read(), greyLevels: { rescale, window: { center: 1 / 3, width: 40_000 } } };
  const { pr } = await resultObjects(belowThreshold(), source, { softwareVersion: '1' });
  for (const text of ['0.0000152587890', '-1024.123456789', '0.3333333333333', '40000 '])
    t.ok(Buffer.from(pr?.bytes ?? []).includes(text), text);
});

t.test('look-up tables go before numbers', async (t) => {
  const table: DicomItem = {
    '00283002': ['US', [4, 0, 16]],
    '00283004': ['LO', 'US'],
    '00283006': ['OW', Buffer.from([0, 0, 1, 0, 2, 0, 255, 255])],
  };
  const numbers: DicomItem = { '00281050': ['DS', '5'], '00281051': ['DS', '9'], '00281053': ['DS', '1'] };
  const source = read({ ...numbers, '00283000': ['SQ', [table]], '00283010': ['SQ', [table]] });
  const lut = { descriptor: [4, 0, 16], data: [0, 1, 2, 65535] };
  t.strictSame(source.greyLevels, { modalityLut: { ...lut, type: 'US' }, voiLut: lut });
  const { pr } = await resultObjects(belowThreshold(), source, { softwareVersion: '1' });
  t.ok(Buffer.from(pr?.bytes ?? []).includes(Buffer.from([0, 0, 1, 0, 2, 0, 255, 255])));
  const cut = read({ ...numbers, '00283010': ['SQ', [{ ...table, '00283002': ['US', [5, 0, 16]] }]] });
  t.strictSame(cut.greyLevels, { window: { center: 5, width: 9 } }, 'a table that is cut short is none');
});
