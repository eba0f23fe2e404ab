import { readFileSync } from 'node:fs';

/** Version in package.json. */
export const version: string = readVersion();

function readVersion(): string {
  // Sources are in src/, compiled code is in dist/src/: package.json is one or two folders up.
  const path = import.meta.url.includes('/dist/src/') ? '../../package.json' : '../package.json';
  const manifest: unknown = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
  if (
    typeof manifest === 'object' &&
    manifest !== null &&
    'version' in manifest &&
    typeof manifest.version === 'string'
  )
    return manifest.version;
  throw new Error('package.json has no version');
}
