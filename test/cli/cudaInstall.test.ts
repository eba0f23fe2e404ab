import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { requirementsOf } from '../../src/cli/cudaInstall/download.js';
import { installWheels } from '../../src/cli/cudaInstall/installWheels.js';
import { type Wheel, wheels } from '../../src/cli/cudaInstall/wheels.js';
import { cudaEnvironment, missingCudaLibraries, sayMissing } from '../../src/engine/cudaLibraries.js';
import { zipOf } from './zipOf.js';

t.test('the libraries of the wheels come into one folder, and nothing else of them', async (t) => {
  const { from, to, pinned } = await folders(t);
  t.strictSame((await installWheels({ from, to }, pinned)).sort(), [
    'libcublas.so.13',
    'libcublasLt.so.13',
    'libonnxruntime_providers_cuda.so',
  ]);
  t.strictSame((await readdir(to)).sort(), [
    'libcublas.so.13',
    'libcublasLt.so.13',
    'libonnxruntime_providers_cuda.so',
  ]);
  t.equal(await readFile(join(to, 'libcublas.so.13'), 'utf8'), 'cublas');
  t.strictSame(await readdir(join(to, '..')), ['from', 'to'], 'no path in a wheel leads out of the folder');
  t.equal((await installWheels({ from, to }, pinned)).length, 3, 'and again');
});

t.test('wheels that are missing or not those that are pinned are all named, and nothing is installed', async (t) => {
  const { from, to, pinned } = await folders(t);
  const [first, second] = pinned;
  const wrong: Wheel[] = [
    { ...first!, sha256: '0'.repeat(64) },
    second!,
    { name: 'nvidia-curand', version: '10.4', sha256: '', libraries: 'x' },
  ];
  await t.rejects(installWheels({ from, to }, wrong), {
    name: 'UsageError',
    message: [
      `Nothing was installed from ${from}:`,
      'onnxruntime_gpu-1.0-cp312-linux.whl: its SHA-256 is not the pinned one',
      'nvidia-curand 10.4: there is no nvidia_curand-10.4-….whl',
    ].join('\n'),
  });
  t.strictSame(await readdir(to), []);
  await t.rejects(installWheels({ from: join(from, 'none'), to }, pinned), { message: /can't be read/ });
});

t.test('every wheel is pinned by version and hash', (t) => {
  for (const { name, version, sha256 } of wheels) {
    t.match(sha256, /^[0-9a-f]{64}$/, name);
    t.match(requirementsOf(wheels), `${name}==${version} --hash=sha256:${sha256}\n`);
  }
  t.end();
});

t.test('the provider is of the version of onnxruntime-node', async (t) => {
  const manifest = JSON.parse(await readFile('package.json', 'utf8')) as { dependencies: Record<string, string> };
  t.equal(
    wheels.find(({ name }) => name === 'onnxruntime-gpu')?.version,
    manifest.dependencies['onnxruntime-node'],
    'another version may want another CUDA: readelf -d',
  );
});

t.test('a child finds libraries that are installed, and keeps the folders that an operator set', async (t) => {
  const { from, to, pinned } = await folders(t);
  t.strictSame(cudaEnvironment({ LD_LIBRARY_PATH: '/opt/cuda' }, to), {}, 'nothing is installed');
  await installWheels({ from, to }, pinned);
  t.strictSame(cudaEnvironment({}, to), { LD_LIBRARY_PATH: to });
  t.strictSame(cudaEnvironment({ LD_LIBRARY_PATH: '/opt/cuda' }, to), { LD_LIBRARY_PATH: `${to}:/opt/cuda` });
  t.strictSame(cudaEnvironment({ LD_LIBRARY_PATH: `/a:${to}` }, to), { LD_LIBRARY_PATH: `/a:${to}` }, 'not twice');
});

t.test('each library that is missing is named, with what brings it', async (t) => {
  const { from, to, pinned } = await folders(t);
  await installWheels({ from, to }, pinned);
  for (const name of ['libcuda.so.1', 'libcudart.so.13', 'libcurand.so.10', 'libnvrtc.so.13', 'libcudnn.so.9']) {
    await writeFile(join(to, name), '');
  }
  t.strictSame(missingCudaLibraries({ LD_LIBRARY_PATH: `/nowhere:${to}` }), ['libcufft.so.12']);
  t.equal(
    sayMissing(['libcuda.so.1', 'libcufft.so.12']),
    'libcuda.so.1 (NVIDIA driver 580 or newer), libcufft.so.12 (npm run cuda:install)',
  );
});

/** A folder of tiny stand-ins for wheels, an empty one, and the hashes. */
async function folders(t: Test): Promise<{ from: string; to: string; pinned: Wheel[] }> {
  const folder = t.testdir({ from: {}, to: {} });
  const [from, to] = [join(folder, 'from'), join(folder, 'to')];
  await mkdir(to, { recursive: true });
  const provider = zipOf({
    'onnxruntime/capi/libonnxruntime_providers_cuda.so': 'provider',
    'onnxruntime/capi/libonnxruntime.so.1': 'not ours',
    'onnxruntime/__init__.py': '',
  });
  const cublas = zipOf({
    'nvidia/cu13/lib/libcublas.so.13': 'cublas',
    'nvidia/cu13/lib/libcublasLt.so.13': 'cublasLt'.repeat(1000),
    'nvidia/cu13/include/cublas.h': 'header',
  });
  await writeFile(join(from, 'onnxruntime_gpu-1.0-cp312-linux.whl'), provider);
  await writeFile(join(from, 'nvidia_cublas-13.1-py3-none-linux.whl'), cublas);
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  return {
    from,
    to,
    pinned: [
      {
        name: 'onnxruntime-gpu',
        version: '1.0',
        sha256: sha256(provider),
        libraries: 'onnxruntime/capi/libonnxruntime_providers_',
      },
      { name: 'nvidia-cublas', version: '13.1', sha256: sha256(cublas), libraries: 'nvidia/cu13/lib/libcublas' },
    ],
  };
}
