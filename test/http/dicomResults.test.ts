import t from 'tap';
import type { DicomFacts } from '../../src/imaging/index.js';
import { analysedWith, film, form, testService } from './fakes.js';

const dicom: DicomFacts = {
  sopClass: '1.2.840.10008.5.1.4.1.1.1',
  transferSyntax: '1.2.840.10008.1.2.1',
  photometricInterpretation: 'MONOCHROME2',
  windowSource: 'voi',
  pixelSpacing: null,
  lossy: false,
  secondaryCapture: false,
};
const identifiers = {
  patientRef: 'PAT-Ä7',
  accessionNumber: 'ACC-7',
  studyInstanceUid: '1.2.826.0.1.3680043.77.1',
  seriesInstanceUid: '1.2.826.0.1.3680043.77.2',
  sopInstanceUid: '1.2.826.0.1.3680043.77.3',
  studyDate: '2026-01-31',
};

type Kind = 'findings' | 'below-threshold' | 'gated' | 'png' | 'old' | 'nameless' | 'undecoded';

/** A service with one film, of ris. */
async function withFilm(kind: Kind) {
  const service = testService();
  const { app, engine } = service;
  engine.analyse = ({ bytes }) => {
    const plain = analysedWith(bytes, kind === 'below-threshold' ? 0.1 : 0.9);
    if (plain.kind !== 'analysed' || kind === 'png') return Promise.resolve(plain);
    const { sopClass, ...old } = dicom;
    const facts = { ...plain.film, format: 'dicom' as const, dicom: kind === 'old' ? (old as DicomFacts) : dicom };
    const named = kind === 'nameless' ? {} : { identifiers };
    const { timings } = plain;
    if (kind === 'undecoded')
      return Promise.resolve({ kind: 'failed', code: 'deadline', detail: 'Too slow.', timings, ...named });
    if (kind === 'gated')
      return Promise.resolve({ kind: 'refused-by-gate', code: 'x', detail: 'A hand.', film: facts, timings, ...named });
    return Promise.resolve({ ...plain, film: facts, ...named });
  };
  const ris = await service.as('submitter', 'ris');
  const sent = form({ name: 'image', filename: 'film.dcm', value: film });
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/detections',
    payload: sent.payload,
    headers: { ...sent.headers, ...ris },
  });
  const body: unknown = answer.json();
  const named: unknown = typeof body === 'object' && body !== null && 'id' in body ? body.id : undefined;
  const missing: unknown =
    typeof body === 'object' && body !== null && 'detectionId' in body ? body.detectionId : undefined;
  const id = String(named ?? missing);
  const get = (kind: 'sr' | 'pr', who: Record<string, string> = ris) =>
    app.inject({ url: `/v1/detections/${id}/dicom-${kind}`, headers: who });
  return { ...service, get, id };
}

t.test('a result of a DICOM film is written as DICOM, in every state', async (t) => {
  for (const kind of ['findings', 'below-threshold', 'gated'] as const) {
    const { app, get, id } = await withFilm(kind);
    t.teardown(() => app.close());
    for (const object of ['sr', 'pr'] as const) {
      const answer = await get(object);
      t.equal(answer.statusCode, 200, kind);
      t.equal(answer.headers['content-type'], 'application/dicom');
      t.equal(answer.headers['content-disposition'], `attachment; filename="${object}.dcm"`);
      const bytes = answer.rawPayload;
      t.equal(bytes.subarray(128, 132).toString(), 'DICM');
      const sopClass = object === 'sr' ? '5.1.4.1.1.88.34' : '5.1.4.1.1.11.1';
      for (const part of [sopClass, dicom.sopClass, '20260131', ...Object.values(identifiers).slice(0, 5)])
        t.ok(bytes.includes(part), `${kind} ${object}: ${part}`);
      if (object === 'sr') t.ok(bytes.includes(`Report: ${id}`));
      t.same((await get(object)).rawPayload, bytes, 'the same again');
    }
  }
});

t.test('a film that is no DICOM, or of whom too little is known, has a problem that says so', async (t) => {
  const reasons: [Kind, RegExp][] = [
    ['png', /did not come as DICOM/],
    ['old', /did not keep its SOP class/],
    ['nameless', /UIDs of the film are not known/],
    ['undecoded', /was not decoded/],
  ];
  for (const [kind, detail] of reasons) {
    const { app, get } = await withFilm(kind);
    t.teardown(() => app.close());
    for (const object of ['sr', 'pr'] as const) {
      const answer = await get(object);
      t.equal(answer.statusCode, 404, kind);
      t.match(answer.json(), { code: 'no-dicom-result', detail });
      t.notMatch(answer.body, /1\.2\.826|PAT-|ACC-/);
    }
  }
});

t.test('objects say whose film it is: for its sender and radiologists alone', async (t) => {
  const { app, as, get } = await withFilm('findings');
  t.teardown(() => app.close());
  for (const object of ['sr', 'pr'] as const) {
    t.equal((await get(object, await as('radiologist', 'anna'))).statusCode, 200);
    t.match((await get(object, await as('submitter', 'other'))).json(), { code: 'not-found' });
    t.match((await get(object, await as('operator', 'op'))).json(), { code: 'forbidden' });
    t.match((await get(object, {})).json(), { code: 'unauthenticated' });
  }
});
