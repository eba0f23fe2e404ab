import { baseName } from '../../annotations.js';
import type { ImageIndex } from '../../images.js';

/**
 * The image of a task. Label Studio stores where a film came from: an upload (`/data/upload/7/1a2b3c4d-a.jpg`, prefixed
 * with eight digits), a local file (`/data/local-files/?d=films/a.jpg`), or an address in a bucket or on the web,
 * percent-encoded and perhaps with a query.
 *
 * @param images if given, the first reading of the address that names one of them wins
 */
export function imageOfAddress(written: string, images: ImageIndex | undefined): string {
  const path = decoded(localFile(written) ?? (isAddress(written) ? written.replace(/[?#].*$/, '') : written));
  const bare = path.replace(/(^|[/\\])[0-9a-f]{8}-(?=[^/\\]+$)/i, '$1');
  const found = [written, path, bare].find((name) => images?.find(name) !== undefined);
  if (found !== undefined) return found;
  return /(^|\/)upload\//.test(path) ? baseName(bare) : path;
}

function localFile(written: string): string | undefined {
  return /\/?data\/local-files\/?\?(?:.*&)?d=([^&]+)/.exec(written)?.[1];
}

function isAddress(written: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/|^\/?data\//i.test(written);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // Percent signs that encode nothing: take the name as is.
    return path;
  }
}
