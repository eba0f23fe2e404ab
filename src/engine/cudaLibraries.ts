import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** onnxruntime's CUDA provider: a library beside the binding of onnxruntime-node. */
const cudaProvider = 'libonnxruntime_providers_cuda.so';

/** Says that a provider isn't installed, which on most machines is no fault. */
export const notInstalled = 'is not installed';

/** CUDA 13 and cuDNN 9: what onnxruntime 1.30's provider loads (`readelf -d`) and what it opens when first used. */
const toolkit = [
  'libcudart.so.13',
  'libcublas.so.13',
  'libcublasLt.so.13',
  'libcurand.so.10',
  'libcufft.so.12',
  'libnvrtc.so.13',
  'libcudnn.so.9',
] as const;

/** Installed with the NVIDIA driver. */
const driver = 'libcuda.so.1';

const systemFolders = [
  '/lib/x86_64-linux-gnu',
  '/usr/lib/x86_64-linux-gnu',
  '/lib64',
  '/usr/lib64',
  '/lib',
  '/usr/lib',
];

/** Where onnxruntime-node has its binding and looks for providers; `npm run cuda:install` puts every library there. */
export function providerFolder(): string {
  const main = createRequire(import.meta.url).resolve('onnxruntime-node');
  return join(dirname(main), '..', 'bin', 'napi-v6', process.platform, process.arch);
}

/**
 * The environment that a process needs from its start to load CUDA: the folder of the libraries, if they are installed.
 * The loader reads LD_LIBRARY_PATH once, so a running process can't set it for itself.
 */
export function cudaEnvironment(
  environment: NodeJS.ProcessEnv,
  folder: string = providerFolder(),
): { readonly LD_LIBRARY_PATH?: string } {
  if (!existsSync(join(folder, cudaProvider))) return {};
  const paths = searchPath(environment);
  return { LD_LIBRARY_PATH: (paths.includes(folder) ? paths : [folder, ...paths]).join(':') };
}

/** Libraries that CUDA needs and that a process with this environment would not find. */
export function missingCudaLibraries(environment: NodeJS.ProcessEnv): readonly string[] {
  const folders = [...searchPath(environment), ...systemFolders];
  const cache = loaderCache();
  return [driver, ...toolkit].filter(
    (name) => !cache.includes(`\t${name} `) && !folders.some((folder) => existsSync(join(folder, name))),
  );
}

/** E.g. "libcuda.so.1 (NVIDIA driver 580 or newer)": each library with what installs it. */
export function sayMissing(libraries: readonly string[]): string {
  return libraries
    .map((name) => `${name} (${name === driver ? 'NVIDIA driver 580 or newer' : 'npm run cuda:install'})`)
    .join(', ');
}

function searchPath(environment: NodeJS.ProcessEnv): string[] {
  return (environment['LD_LIBRARY_PATH'] ?? '').split(':').filter((path) => path !== '');
}

/** Libraries that the system's loader finds in other folders; the NVIDIA container runtime adds the driver's. */
function loaderCache(): string {
  const { stdout } = spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' });
  return typeof stdout === 'string' ? stdout : '';
}
