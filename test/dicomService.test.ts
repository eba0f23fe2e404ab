import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import sharp from 'sharp';
import t from 'tap';
import { readConfig } from '../src/config.js';
import { trialAccess } from '../src/firstStart.js';
import { decodeFilm } from '../src/imaging/decodeFilm.js';
import type { Report } from '../src/report/index.js';
import { type Service, startService } from '../src/service.js';
import { dicomFilm, type DicomItem, syntaxes } from './imaging/dicomFiles.js';

/** DICOM through the whole service: network, children, log, HTTP; and every line that is logged at trace level. */

let folder: string;
let service: Service;
let token: string;
const logged: string[] = [];

t.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lesion-detector-'));
  const config = readConfig({
    PORT: '0',
    DATA_DIR: folder,
    MODEL: 'cxr-opacity',
    EXECUTION_PROVIDERS: 'cpu',
    IMAGE_STORE: 'disk',
  });
  service = await startService(config, pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) }));
  ({ submitterToken: token } = await trialAccess(service, folder));
});

t.after(async () => {
  await rm(folder, { recursive: true });
});

const headers = () => ({ authorization: `Bearer ${token}` });

async function post(body: Buffer): Promise<{ status: number; text: string }> {
  const response = await fetch(`${service.address}/v1/detections`, { method: 'POST', headers: headers(), body });
  return { status: response.status, text: await response.text() };
}

/** The grey levels of a film that has boxes, as a detector of 12 bits would have stored them. */
async function stored(): Promise<{ width: number; height: number; samples: Uint16Array }> {
  const { data, info } = await sharp('annotations/films/nih-00002275_018.jpg')
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, samples: Uint16Array.from(data, (v) => 200 + v * 14) };
}

const patient: DicomItem = {
  '00100010': ['PN', 'Secretname^Only'],
  '00100020': ['LO', 'SECRET-ID-77'],
  '00080050': ['SH', 'SECRET-ACC-77'],
  '0020000D': ['UI', '1.2.826.0.1.3680043.77.1'],
  '0020000E': ['UI', '1.2.826.0.1.3680043.77.2'],
  '00080018': ['UI', '1.2.826.0.1.3680043.77.3'],
};
const secret = /Secretname|SECRET|3680043\.77/;
const window: DicomItem = { '00281050': ['DS', '1985'], '00281051': ['DS', '3570'] };

t.test('the same pixels have the same boxes, as DICOM and as PNG', { timeout: 120_000 }, async (t) => {
  const film = await stored();
  const switches: Record<string, [DicomItem, string?]> = {
    window: [window],
    'no window, implicit VR': [{}, syntaxes.implicit],
    'MONOCHROME1, big endian': [{ ...window, '00280004': ['CS', 'MONOCHROME1'] }, syntaxes.bigEndian],
    'sigmoid, deflated': [{ ...window, '00281056': ['CS', 'SIGMOID'] }, syntaxes.deflated],
    'rescale and padding': [
      { ...window, '00281052': ['DS', '-100'], '00281053': ['DS', '1.05'], '00280120': ['US', [200]] },
    ],
  };
  let boxes = 0;
  for (const [name, [more, syntax = syntaxes.explicit]] of Object.entries(switches)) {
    const bytes = dicomFilm({ ...film, bitsStored: 12, syntax }, { ...patient, ...more });
    const { pixels } = await decodeFilm(bytes, { maxPixels: 1e7 });
    const png = await sharp(pixels, { raw: { width: film.width, height: film.height, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    const [dicom, other] = [await post(bytes), await post(png)];
    t.same([dicom.status, other.status], [201, 201], name);
    t.notMatch(dicom.text, secret, 'the report is of nobody');
    const [a, b] = [JSON.parse(dicom.text) as Report, JSON.parse(other.text) as Report];
    t.match(a.image, { format: 'dicom', bits: 16, dicom: { transferSyntax: syntax } });
    t.equal(a.state, b.state, name);
    if (a.state === 'not-analysed' || b.state === 'not-analysed') continue;
    t.ok(Math.abs(a.filmScore - b.filmScore) <= 1e-4, `${name}: ${a.filmScore}, ${b.filmScore}`);
    t.same(
      a.detections.map(({ box }) => box),
      b.detections.map(({ box }) => box),
      name,
    );
    boxes += a.detections.length;
  }
  t.ok(boxes > 0, `${boxes} boxes were compared`);
});

t.test('references of the file are there for the sender, and the film is kept', async (t) => {
  const bytes = dicomFilm({ ...(await stored()), bitsStored: 12 }, { ...patient, ...window });
  const { id } = JSON.parse((await post(bytes)).text) as Report;
  const references = await fetch(`${service.address}/v1/detections/${id}/references`, { headers: headers() });
  t.same(await references.json(), {
    patientRef: 'SECRET-ID-77',
    accessionNumber: 'SECRET-ACC-77',
    studyInstanceUid: '1.2.826.0.1.3680043.77.1',
    seriesInstanceUid: '1.2.826.0.1.3680043.77.2',
    sopInstanceUid: '1.2.826.0.1.3680043.77.3',
    studyDate: '2026-01-31',
  });
  const kept = await fetch(`${service.address}/v1/detections/${id}/film.grey16`, { headers: headers() });
  const data = Buffer.from(await kept.arrayBuffer());
  const { pixels } = await decodeFilm(bytes, { maxPixels: 1e7 });
  t.equal(Buffer.compare(data, Buffer.from(pixels.buffer)), 0, 'at full depth');
});

t.test('a lateral is not analysed, by its tags; what is no film is a problem', async (t) => {
  const film = { ...(await stored()), bitsStored: 12 };
  const lateral = await post(dicomFilm(film, { ...patient, ...window, '00185101': ['CS', 'LL'] }));
  t.equal(lateral.status, 201);
  t.match(JSON.parse(lateral.text), {
    state: 'not-analysed',
    reason: { code: 'not-a-frontal-chest-film', detail: /left lateral/ },
  });
  const problems: [DicomItem, number, string][] = [
    [{ '00280008': ['IS', '3'] }, 422, 'several-frames'],
    [{ '00080016': ['UI', '1.2.840.10008.5.1.4.1.1.2'] }, 415, 'unsupported-image'],
    [{ '00280010': ['US', [65535]], '00280011': ['US', [65535]] }, 413, 'image-too-large'],
    [{ '00280010': ['US', [2000]] }, 422, 'broken-image'],
  ];
  for (const [more, status, code] of problems) {
    const answer = await post(dicomFilm(film, { ...patient, ...more }));
    t.equal(answer.status, status, code);
    t.match(JSON.parse(answer.text), { code });
    t.notMatch(answer.text, secret);
  }
});

t.test('nothing of the patient is in any line of the log, at trace level', async (t) => {
  await service.close();
  t.ok(logged.length > 10, `${logged.length} lines`);
  t.equal(
    logged.findIndex((line) => secret.test(line)),
    -1,
  );
});
