import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { unlessMissing } from '../../fileErrors.js';
import { parseCheckpoint, type SignedCheckpoint } from './note.js';

/** The last notes of a file are within this many bytes of its end. */
const tailBytes = 16 * 1024;

/** Appends a checkpoint to a file of checkpoints, which is made if it's missing. Resolves once it is on disk. */
export async function appendCheckpoint(path: string, { note }: SignedCheckpoint): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'a+', 0o644);
  try {
    const { size } = await file.stat();
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, Math.max(0, size - 2));
    // Behind a note that a crash has cut off, an empty line keeps the two apart.
    const apart = size === 0 || buffer.toString() === '\n\n' ? '' : '\n\n';
    await file.writeFile(`${apart}${note}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * The last whole checkpoint of a file, or undefined if there is no file or it is empty. A note that was cut off by a
 * crash is passed over.
 *
 * @throws CheckpointError if its end is something else
 */
export async function lastCheckpoint(path: string): Promise<SignedCheckpoint | undefined> {
  const file = await open(path).catch(unlessMissing);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    const length = Math.min(size, tailBytes);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    const text = buffer.toString('utf8');
    const last = notesIn(text).at(-1);
    return text.trim() === '' || last === undefined ? undefined : parseCheckpoint(last);
  } finally {
    await file.close();
  }
}

/** All checkpoints of a file's text, in its order. @throws CheckpointError */
export function checkpointsIn(text: string): readonly SignedCheckpoint[] {
  return notesIn(text).map(parseCheckpoint);
}

/** Notes one behind the other, each ending with its signatures and an empty line (or the end of the file). */
function notesIn(text: string): readonly string[] {
  return text.match(/[^\n]+\n(?:[^\n]+\n)+\n(?:— [^\n]+\n)+/gu) ?? [];
}
