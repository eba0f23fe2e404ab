import t from 'tap';
import { refusal } from '../../../src/viewer/upload/refusal.js';

const limit = 64 * 1024 * 1024;

t.test('what the server would refuse is not sent: empty, or too large', (t) => {
  t.equal(refusal(new Blob(['x']), limit), undefined);
  t.equal(refusal(new Blob([]), limit)?.code, 'empty-image');
  t.equal(refusal(new Blob([new Uint8Array(11)]), 10)?.code, 'upload-too-large');
  t.equal(refusal(new Blob([new Uint8Array(10)]), 10), undefined);
  t.end();
});

t.test('a file just over the limit never looks as large as the limit', (t) => {
  // As a file of that size, without its bytes.
  class Over extends Blob {
    override readonly size = limit + 1;
  }
  t.equal(refusal(new Over(), limit)?.message, 'The file is 64.1 MiB; the server accepts at most 64.');
  t.end();
});
