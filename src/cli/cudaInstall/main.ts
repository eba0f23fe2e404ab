import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { missingCudaLibraries, providerFolder, sayMissing } from '../../engine/cudaLibraries.js';
import { exitCode, UsageError } from '../exit.js';
import { downloadWheels, requirementsOf } from './download.js';
import { installWheels } from './installWheels.js';
import { wheels } from './wheels.js';

interface Options {
  readonly from?: string;
  readonly list: boolean;
}

/** `npm run cuda:install`: puts onnxruntime's CUDA provider and NVIDIA's libraries next to the binding. */
const command = new Command('cuda:install')
  .description('install the libraries of CUDA 13 for onnxruntime, pinned by version and hash (Linux, x64)')
  .option('--from <folder>', 'take the wheels from this folder instead of downloading 1.5 GB')
  .option('--list', 'print the wheels as requirements for `pip download --no-deps --require-hashes -r`', false)
  .action(async (options: Options) => {
    if (options.list) process.stdout.write(requirementsOf(wheels));
    else await install(options.from);
  });

try {
  await command.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? exitCode.wrongUse : exitCode.someFailed;
}

async function install(from: string | undefined): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new UsageError(
      `There is no CUDA provider for ${process.platform} on ${process.arch}, only for Linux on x64.`,
    );
  const to = providerFolder();
  const folder = from ?? (await mkdtemp(join(process.env['TMPDIR'] ?? tmpdir(), 'cuda-wheels-')));
  try {
    if (from === undefined) await downloadWheels(folder, wheels);
    const libraries = await installWheels({ from: folder, to }, wheels);
    process.stderr.write(`${libraries.length} libraries are in ${to}.\n`);
  } finally {
    if (from === undefined) await rm(folder, { recursive: true });
  }
  const missing = missingCudaLibraries({ LD_LIBRARY_PATH: to });
  process.stderr.write(
    missing.length === 0
      ? 'Now `npm run check:cuda` compares CUDA with the CPU.\n'
      : `Still missing: ${sayMissing(missing)}.\n`,
  );
}
