import { appendFileSync, existsSync } from 'node:fs';
import { decodeFilm } from '../../../src/imaging/decodeFilm.js';
import { serveDecoder } from '../../../src/engine/decoder/serveDecoder.js';
import { wait } from './wait.js';

/** The decoder, but a film whose file ends in `#<order>` makes it crash, hang or throw. */
serveDecoder(async (bytes, options) => {
  const order = /#(crash|crash-once|hang|throw)(?: (\S+))?$/.exec(Buffer.from(bytes.subarray(-300)).toString('latin1'));
  const [, what, path = ''] = order ?? [];
  if (what === 'throw') throw new Error('thrown on order');
  if (what === 'hang') wait(() => false);
  if (what === 'crash' || (what === 'crash-once' && !existsSync(path))) {
    if (what === 'crash-once') appendFileSync(path, 'x');
    process.abort();
  }
  const film = await decodeFilm(bytes, options);
  process.stdout.write('decoded\n');
  return film;
});
