import { randomUUID } from 'node:crypto';
import { rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf } from './failure.js';

/** Creating an embedded log needs about this much space; opening one needs part of it. */
const neededMiB = 64;

/**
 * Why a log can't be opened in a folder, and what to do about it: databases and file systems report a full disk as an
 * abort, and a read-only one as a missing folder. Returns the error itself if the folder is fine.
 */
export async function folderFault(folder: string, error: unknown): Promise<unknown> {
  const place = await nearestExisting(folder);
  const code = await trialWrite(place);
  if (code === 'EROFS')
    return fault(`${folder} is on a read-only file system`, 'set DATA_DIR to a writable folder', error);
  if (code === 'EACCES' || code === 'EPERM')
    return fault(`this account may not write to ${place}`, 'change its owner, or set DATA_DIR', error);
  if (code === 'ENOTDIR') return fault(`${place} is not a folder`, 'set DATA_DIR to a folder', error);
  const { bavail, bsize } = await statfs(place);
  const freeMiB = Math.floor((bavail * bsize) / 2 ** 20);
  if (code === 'ENOSPC' || code === 'EDQUOT' || freeMiB < neededMiB)
    return fault(`the disk of ${folder} is full (${freeMiB} MiB free)`, 'make room', error);
  return error;
}

function fault(what: string, help: string, cause: unknown): Error {
  return new Error(`the log can't be opened: ${what}; ${help}`, { cause });
}

async function nearestExisting(path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch (error) {
    const above = dirname(path);
    // ENOTDIR: a file is in the way of the path.
    if (above === path || !['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return path;
    return nearestExisting(above);
  }
}

/** The error code of a trial write; undefined if it succeeds. */
async function trialWrite(folder: string): Promise<string | undefined> {
  const path = join(folder, `.trial-${randomUUID()}`);
  try {
    await writeFile(path, Buffer.alloc(64 * 1024), { flag: 'wx', mode: 0o600 });
    return undefined;
  } catch (error) {
    return codeOf(error);
  } finally {
    await rm(path, { force: true }).catch(() => undefined);
  }
}
