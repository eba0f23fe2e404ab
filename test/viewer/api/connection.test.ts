import t from 'tap';
import { createConnection } from '../../../src/viewer/api/connection.js';

/** When a call that failed is tried again. The shortest pause is half a second: these tests wait for none. */

const none = undefined;

t.test('“Retry now” ends every pause', async (t) => {
  const connection = createConnection();
  const pauses = [connection.pause(6, 0, none), connection.pause(1, 60_000, none)];
  connection.tryNow();
  await Promise.all(pauses);
  t.pass('nobody waited');
});

t.test('a call that is given up stops waiting, before its pause and in it', async (t) => {
  const connection = createConnection();
  const stop = new AbortController();
  const pause = connection.pause(6, 0, stop.signal);
  stop.abort();
  await t.rejects(pause, { name: 'AbortError' });
  await t.rejects(connection.pause(6, 0, stop.signal), { name: 'AbortError' });
});

t.test('listeners hear only of changes', (t) => {
  const connection = createConnection();
  const told: string[] = [];
  const unsubscribe = connection.subscribe((state) => told.push(state));
  connection.found();
  connection.lost();
  connection.lost();
  connection.found();
  unsubscribe();
  connection.lost();
  t.strictSame(told, ['away', 'here']);
  t.equal(connection.state, 'away');
  t.end();
});
