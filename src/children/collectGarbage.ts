import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Gives back now what nothing refers to; for the end of a start. V8 sees how large a buffer is only when it looks,
 * which may be never: the files of networks would lie beside the networks, the Postgres that made the log beside the
 * one that runs it.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') Reflect.apply(collect, undefined, []);
}
