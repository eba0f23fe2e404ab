import t from 'tap';
import { createConnection } from '../../../src/viewer/api/connection.js';
import { createSessionState } from '../../../src/viewer/api/sessionState.js';
import { sendFilm, type UploadFields } from '../../../src/viewer/api/upload.js';

/** What leaves this computer with a film, and what an answer comes to. */

/** The browser's request; the test says what becomes of it. */
class FakeRequest extends EventTarget {
  static last: FakeRequest | undefined;
  readonly upload = new EventTarget();
  readonly headers = new Map<string, string>();
  form: FormData | undefined;
  aborted = false;
  status = 0;
  responseText = '';
  constructor() {
    super();
    FakeRequest.last = this;
  }
  open(): void {
    // One address, one method.
  }
  setRequestHeader(name: string, value: string): void {
    this.headers.set(name, value);
  }
  getResponseHeader(): string | null {
    return null;
  }
  send(form: FormData): void {
    this.form = form;
  }
  abort(): void {
    this.aborted = true;
    this.dispatchEvent(new Event('abort'));
  }
  /** The server's answer, or none at status 0. */
  answer(status: number, text = ''): void {
    this.status = status;
    this.responseText = text;
    this.dispatchEvent(new Event(status === 0 ? 'error' : 'load'));
    this.dispatchEvent(new Event('loadend'));
  }
}

t.before(() => {
  Object.assign(globalThis, { XMLHttpRequest: FakeRequest });
});

function send(fields: UploadFields = {}, file = new File(['bytes'], 'Doe^John.png')) {
  const stop = new AbortController();
  const parts: number[] = [];
  const connection = createConnection();
  const sent = sendFilm(
    { session: createSessionState(), connection },
    { file, fields, idempotencyKey: 'key-1', signal: stop.signal, onProgress: (part) => parts.push(part) },
  );
  return { sent, request: FakeRequest.last!, stop, parts, connection };
}

t.test('the name of a file never leaves this computer', async (t) => {
  const { sent, request } = send({ patientRef: 'P-1', model: '' });
  const image = request.form?.get('image');
  t.ok(image instanceof File && image.name === 'film');
  t.strictSame([...(request.form?.keys() ?? [])], ['patientRef', 'image'], 'and no field that is empty');
  t.equal(request.headers.get('idempotency-key'), 'key-1');
  request.answer(0);
  await t.rejects(sent, { code: 'unreachable' });
});

t.test('progress is that of the bytes; all of them sent is 1', async (t) => {
  const { sent, request, parts } = send();
  request.upload.dispatchEvent(Object.assign(new Event('progress'), { loaded: 3, total: 12 }));
  request.upload.dispatchEvent(new Event('load'));
  request.answer(500, '{"code":"internal","detail":"A fault."}');
  await t.rejects(sent, { code: 'internal', status: 500 });
  t.strictSame(parts, [0.25, 1]);
});

t.test('no answer is a server that is away, and an answer one that is here', async (t) => {
  const away = send();
  away.request.answer(0);
  await t.rejects(away.sent, { code: 'unreachable', passing: true });
  t.equal(away.connection.state, 'away');
  const refused = send();
  refused.connection.lost();
  refused.request.answer(415, '{"code":"unsupported-image","detail":"No picture."}');
  await t.rejects(refused.sent, { code: 'unsupported-image' });
  t.equal(refused.connection.state, 'here');
});

t.test('an answer that is not a report is unreadable; a report with an unknown state is not analysed', async (t) => {
  const text = send();
  text.request.answer(200, '<html>');
  await t.rejects(text.sent, { code: 'unreadable' });
  const other = send();
  other.request.answer(200, '{"id":"r","createdAt":"2026-11-21T10:00:00Z","state":"normal"}');
  t.match(await other.sent, { id: 'r', state: 'not-analysed', reason: { code: 'unreadable-answer' } });
});

t.test('a film taken out of the queue stops on its way, or never leaves', async (t) => {
  const { sent, request, stop } = send();
  stop.abort();
  await t.rejects(sent, { name: 'AbortError' });
  t.ok(request.aborted);
  const late = new AbortController();
  late.abort();
  await t.rejects(
    sendFilm(
      { session: createSessionState(), connection: createConnection() },
      { file: new Blob(['x']), fields: {}, idempotencyKey: 'k', signal: late.signal, onProgress: () => undefined },
    ),
    { name: 'AbortError' },
  );
  t.equal(FakeRequest.last?.form, undefined);
});
