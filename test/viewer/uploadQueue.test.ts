import fc from 'fast-check';
import t from 'tap';
import { ApiFault } from '../../src/viewer/api/fault.js';
import type { FilmReport } from '../../src/viewer/api/index.js';
import { type QueueOptions, UploadQueue } from '../../src/viewer/upload/queue.js';
import type { EarlierFilm } from '../../src/viewer/upload/upload.js';
import { faultWords, progressWords, worthAnotherTry } from '../../src/viewer/upload/words.js';

/** A server that answers as it is told; every request to send is kept, with the way to answer it. */
function outside(given: Partial<QueueOptions> = {}) {
  const sends: {
    readonly key: string;
    readonly fields: object;
    readonly bytes: string;
    readonly progress: (part: number) => void;
    readonly answer: (report: FilmReport) => void;
    readonly fail: (error: unknown) => void;
  }[] = [];
  const pauses: { readonly attempt: number; readonly leastMs: number; readonly go: () => void }[] = [];
  let keys = 0;
  const queue = new UploadQueue({
    maxBytes: 100,
    hash: (film) => Promise.resolve(bytesOf(film)),
    find: () => Promise.resolve(undefined),
    send: ({ file: film, fields, idempotencyKey, signal, onProgress }) =>
      new Promise((answer, fail) => {
        sends.push({ key: idempotencyKey, fields, bytes: bytesOf(film), progress: onProgress, answer, fail });
        signal.addEventListener('abort', () => {
          fail(new DOMException('stopped', 'AbortError'));
        });
      }),
    pause: (attempt, leastMs) =>
      new Promise((go) => {
        pauses.push({ attempt, leastMs, go });
      }),
    newKey: () => `key-${++keys}`,
    now: () => 0,
    ...given,
  });
  return { queue, sends, pauses };
}

/** What stands in a blob, without its asynchronous way to read it: so nothing here waits for anything but promises. */
const contents = new WeakMap<Blob, string>();
const bytesOf = (film: Blob): string => contents.get(film) ?? '';

function file(bytes: string, name = bytes) {
  const film = new Blob([bytes]);
  contents.set(film, bytes);
  return { file: film, name };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const kinds = ({ uploads }: UploadQueue) => uploads.map(({ status }) => status.kind);
const passing = (code = 'unreachable', retryAfterS?: number) =>
  new ApiFault({ status: code === 'unreachable' ? 0 : 503, code, detail: '', retryAfterS });

function reportOf(id: string): FilmReport {
  return {
    schemaVersion: 1,
    id,
    createdAt: '2026-11-21T10:00:00.000Z',
    state: 'not-analysed',
    lookedFor: [],
    notice: '',
    model: { name: 'm', version: '1', specSha256: '', onnxSha256: '' },
    provider: null,
    submitter: 'reader',
    externalId: undefined,
    timings: { queueMs: 0, decodeMs: 0, inferMs: 0, postMs: 0 },
    image: null,
    reason: { code: 'x', detail: '' },
  };
}

t.test('films are taken at once and two are on the way at a time, in the order in which they came', async (t) => {
  const { queue, sends } = outside();
  queue.add(
    ['a', 'b', 'c', 'd'].map((name) => file(name)),
    { patientRef: 'P-1' },
  );
  t.equal(queue.uploads.length, 4);
  await settled();
  t.strictSame(
    sends.map(({ bytes }) => bytes),
    ['a', 'b'],
  );
  t.strictSame(kinds(queue), ['sending', 'sending', 'waiting', 'waiting']);
  t.strictSame(sends[0]!.fields, { patientRef: 'P-1' });
  sends[1]!.answer(reportOf('r-b'));
  await settled();
  t.strictSame(
    sends.map(({ bytes }) => bytes),
    ['a', 'b', 'c'],
  );
  t.strictSame(kinds(queue), ['sending', 'done', 'sending', 'waiting']);
  t.equal(queue.unsent, 3);
});

t.test('progress is that of the bytes, and then the film is being analysed', async (t) => {
  const { queue, sends } = outside();
  queue.add([file('a')], {});
  await settled();
  sends[0]!.progress(0.375);
  t.strictSame(queue.uploads[0]!.status, { kind: 'sending', part: 0.375 });
  t.equal(progressWords(queue.uploads[0]!.status, 0), 'sending 37 %');
  sends[0]!.progress(1);
  t.equal(progressWords(queue.uploads[0]!.status, 4000), 'analysing 4 s');
});

t.test('if the server is away, films are retried with the same key; nothing is lost or sent twice', async (t) => {
  const { queue, sends, pauses } = outside();
  queue.add([file('a')], {});
  await settled();
  sends[0]!.fail(passing());
  await settled();
  t.strictSame(kinds(queue), ['held']);
  t.match(progressWords(queue.uploads[0]!.status, 0), /not responding; retrying automatically/);
  pauses[0]!.go();
  await settled();
  sends[1]!.fail(passing('queue-full', 7));
  await settled();
  t.strictSame(
    pauses.map(({ attempt, leastMs }) => [attempt, leastMs]),
    [
      [1, 0],
      [2, 7000],
    ],
  );
  pauses[1]!.go();
  await settled();
  sends[2]!.answer(reportOf('r'));
  await settled();
  t.strictSame(kinds(queue), ['done']);
  t.equal(new Set(sends.map(({ key }) => key)).size, 1, 'one idempotency key for one film');
});

t.test('a film that is refused says why and makes room; another try is another request', async (t) => {
  const { queue, sends } = outside();
  queue.add([file('text'), file('b'), file('c')], {});
  await settled();
  sends[0]!.fail(new ApiFault({ status: 415, code: 'unsupported-image', detail: 'no' }));
  await settled();
  t.strictSame(kinds(queue), ['failed', 'sending', 'sending']);
  const { status } = queue.uploads[0]!;
  t.ok(
    status.kind === 'failed' &&
      /not an image that the detector reads/.test(faultWords(status.fault)) &&
      !worthAnotherTry(status.fault),
  );
  const held = new ApiFault({ status: 415, code: 'unsupported-image', detail: 'The DICOM file holds a CT Image.' });
  t.equal(faultWords(held), 'The DICOM file holds a CT Image.', 'what a DICOM file holds is told');
  sends[1]!.fail(new ApiFault({ status: 500, code: 'engine-failed', detail: 'no', detectionId: 'row' }));
  await settled();
  queue.again(queue.uploads[1]!.id);
  sends[2]!.answer(reportOf('r-c'));
  await settled();
  t.not(sends[3]!.key, sends[1]!.key, 'the row of the first try is not answered again');
});

t.test(
  'bytes that the server already has are not sent, and link to their film; the user may send them anyway',
  async (t) => {
    const earlier: EarlierFilm = { id: 'old', createdAt: '2026-11-20T10:00:00.000Z' };
    const { queue, sends } = outside({
      find: ({ sha256 }) => Promise.resolve(sha256 === 'known' ? earlier : undefined),
    });
    queue.add([file('known')], {});
    await settled();
    t.strictSame(queue.uploads[0]!.status, { kind: 'same', as: earlier });
    t.equal(sends.length, 0);
    t.equal(queue.unsent, 0);
    queue.again(queue.uploads[0]!.id);
    await settled();
    t.equal(sends.length, 1);
  },
);

t.test('the same file dropped twice is sent once', async (t) => {
  const { queue, sends } = outside();
  queue.add([file('a', 'first'), file('a', 'second'), file('a', 'third')], {});
  await settled();
  t.equal(sends.length, 1);
  const [first] = queue.uploads;
  t.strictSame(
    queue.uploads.slice(1).map(({ status }) => status),
    [
      { kind: 'same', as: { upload: first!.id } },
      { kind: 'same', as: { upload: first!.id } },
    ],
  );
});

t.test('the same film for another model is looked up and sent on its own', async (t) => {
  const earlier: EarlierFilm = { id: 'old', createdAt: '2026-11-20T10:00:00.000Z' };
  const { queue, sends } = outside({ find: ({ model }) => Promise.resolve(model === 'other' ? earlier : undefined) });
  queue.add([file('a', 'first')], { model: 'third' });
  queue.add([file('a', 'second')], {});
  queue.add([file('a', 'third')], { model: 'other' });
  queue.add([file('a', 'fourth')], { model: 'third' });
  await settled();
  t.strictSame(
    sends.map(({ fields }) => fields),
    [{ model: 'third' }, {}],
  );
  sends[1]!.answer(reportOf('r'));
  await settled();
  t.strictSame(
    queue.uploads.slice(2).map(({ status }) => status),
    [
      { kind: 'same', as: earlier },
      { kind: 'same', as: { upload: queue.uploads[0]!.id } },
    ],
  );
});

t.test('an empty file and one over the limit are refused without being sent', async (t) => {
  const { queue, sends } = outside();
  queue.add([file('', 'empty.png'), file('x'.repeat(101), 'large.png')], {});
  await settled();
  t.strictSame(
    queue.uploads.map(({ status }) => (status.kind === 'failed' ? status.fault.code : status.kind)),
    ['empty-image', 'upload-too-large'],
  );
  t.equal(sends.length, 0);
});

t.test("a file that can't be read any more fails by itself", async (t) => {
  const { queue } = outside({ hash: () => Promise.reject(new DOMException('gone', 'NotReadableError')) });
  queue.add([file('a')], {});
  await settled();
  const { status } = queue.uploads[0]!;
  t.equal(status.kind === 'failed' ? status.fault.code : status.kind, 'unreadable-file');
});

t.test('removing a film stops it, and the next one is sent', async (t) => {
  const { queue, sends } = outside();
  queue.add([file('a'), file('b'), file('c')], {});
  await settled();
  queue.remove(queue.uploads[0]!.id);
  await settled();
  t.strictSame(
    sends.map(({ bytes }) => bytes),
    ['a', 'b', 'c'],
  );
  t.strictSame(
    queue.uploads.map(({ name }) => name),
    ['b', 'c'],
  );
  queue.empty();
  await settled();
  t.equal(queue.uploads.length, 0);
  t.equal(queue.unsent, 0);
});

t.test('whatever the server does, every film ends in one state and at most two are on the way', async () => {
  const answers = fc.constantFrom('done', 'unreachable', 'refused', 'engine');
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.array(answers, { maxLength: 3 })), {
        minLength: 1,
        maxLength: 8,
      }),
      async (films) => {
        let flying = 0;
        let most = 0;
        const plans = new Map<string, string[]>(films.map(([bytes, plan]) => [bytes, [...plan]]));
        const sentOk: string[] = [];
        const queue = new UploadQueue({
          maxBytes: 100,
          hash: (film) => Promise.resolve(bytesOf(film)),
          find: () => Promise.resolve(undefined),
          pause: () => Promise.resolve(),
          newKey: () => 'key',
          now: () => 0,
          send: async ({ file: film }) => {
            flying += 1;
            most = Math.max(most, flying);
            const bytes = bytesOf(film);
            await Promise.resolve();
            flying -= 1;
            switch (plans.get(bytes)?.shift() ?? 'done') {
              case 'unreachable':
                throw passing();
              case 'refused':
                throw new ApiFault({ status: 422, code: 'broken-image', detail: '' });
              case 'engine':
                throw new ApiFault({ status: 504, code: 'deadline', detail: '', detectionId: 'row' });
              default:
                sentOk.push(bytes);
                return reportOf(bytes);
            }
          },
        });
        queue.add(
          films.map(([bytes]) => file(bytes)),
          {},
        );
        while (queue.unsent > 0) await new Promise((resolve) => setImmediate(resolve));
        return (
          most <= 2 &&
          new Set(sentOk).size === sentOk.length &&
          queue.uploads.length === films.length &&
          kinds(queue).every((kind) => kind === 'done' || kind === 'failed' || kind === 'same')
        );
      },
    ),
    { seed: 9, numRuns: 150 },
  );
});
