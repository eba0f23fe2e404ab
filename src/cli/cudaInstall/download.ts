import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../exit.js';
import type { Wheel } from './wheels.js';

/** Wheel platforms for glibc 2.28 and newer. */
const platforms = [
  'manylinux_2_28',
  'manylinux_2_27',
  'manylinux_2_17',
  'manylinux2014',
  'manylinux2010',
  'manylinux1',
];

/**
 * Downloads wheels with pip, which knows the site's index and proxy, and refuses a file with another hash.
 *
 * @throws UsageError if there is no pip, or if it fails
 */
export async function downloadWheels(folder: string, wheels: readonly Wheel[]): Promise<void> {
  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, requirementsOf(wheels));
  const options = ['--no-deps', '--require-hashes', '--only-binary', ':all:', '--python-version', '3.12'];
  const tags = platforms.flatMap((platform) => ['--platform', `${platform}_x86_64`]);
  const { status, error } = spawnSync(
    'python3',
    ['-m', 'pip', 'download', ...options, ...tags, '--dest', folder, '-r', requirements],
    { stdio: ['ignore', 2, 2] },
  );
  if (error !== undefined || status !== 0)
    throw new UsageError(
      "The wheels couldn't be downloaded with `python3 -m pip`. Download them on another machine and name their " +
        'folder: `npm run cuda:install -- --from FOLDER` (`--list` prints what to download).',
      { cause: error },
    );
}

/** For `pip download --no-deps --require-hashes -r`. */
export function requirementsOf(wheels: readonly Wheel[]): string {
  return wheels.map(({ name, version, sha256 }) => `${name}==${version} --hash=sha256:${sha256}\n`).join('');
}
