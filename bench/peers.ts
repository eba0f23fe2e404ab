import { execFileSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoadClient } from './client/index.js';
import type { BenchFilm } from './films.js';
import type { BenchOptions } from './options.js';
import type { System } from './sample.js';
import { load, served } from './served.js';
import { type Started, startProgram } from './started.js';

const folder = fileURLToPath(new URL('../../bench/peers/', import.meta.url));

export interface Peer extends System {
  /** Where one film is posted to see what the peer says. */
  readonly url: string;
  /** How it is served, for one client and for several: the way that was faster here. */
  readonly ways: { readonly one: string; readonly several: string };
}

export interface MissingPeer {
  readonly name: string;
  readonly why: string;
}

/** Starts the peers that can run here; the others say why they can't. */
export async function startPeers(
  films: readonly BenchFilm[],
  client: LoadClient,
  options: BenchOptions,
): Promise<{ peers: Peer[]; missing: MissingPeer[] }> {
  const peers: Peer[] = [];
  const missing: MissingPeer[] = [];
  for (const { name, module, imports, files } of await programs(options)) {
    try {
      execFileSync(options.python, ['-c', imports], { stdio: ['ignore', 'ignore', 'pipe'] });
      peers.push(await startPeer(name, module, await files(), films, client, options));
    } catch (error) {
      missing.push({
        name,
        why: (error instanceof Error ? error.message : String(error)).trim().split('\n').at(-1) ?? '',
      });
    }
  }
  return { peers, missing };
}

async function programs({ modelsDir, model, darknetDir }: BenchOptions) {
  const modelFolder = { PEER_MODEL: resolve(modelsDir, model) };
  return Promise.resolve([
    {
      name: 'ONNX Runtime in Python, FastAPI',
      module: 'onnxruntime_python',
      imports: 'import cv2, fastapi, numpy, onnxruntime, python_multipart, uvicorn',
      files: () => Promise.resolve(modelFolder),
    },
    ...(['f32', 'bf16'] as const).map((precision) => ({
      name: `OpenVINO ${precision}, FastAPI`,
      module: 'openvino_python',
      imports: 'import cv2, fastapi, numpy, openvino, python_multipart, uvicorn',
      files: () => Promise.resolve({ ...modelFolder, PEER_PRECISION: precision }),
    })),
    {
      name: 'OpenCV DNN, FastAPI',
      module: 'opencv_dnn',
      imports: 'import cv2, fastapi, numpy, python_multipart, uvicorn; cv2.dnn.readNetFromDarknet',
      files: async () => ({
        ...modelFolder,
        PEER_CFG: await fileOf(darknetDir, '.cfg'),
        PEER_WEIGHTS: await fileOf(darknetDir, '.weights'),
      }),
    },
  ]);
}

async function fileOf(darknetDir: string, extension: string): Promise<string> {
  const found = (await readdir(darknetDir)).filter((name) => name.endsWith(extension));
  const [name] = found;
  if (name === undefined || found.length > 1)
    throw new Error(`${darknetDir} holds ${found.length} files ${extension}, not one`);
  return resolve(darknetDir, name);
}

interface Way {
  readonly name: string;
  readonly started: Started;
  readonly path: string;
}

/**
 * There are several usual ways to serve a model with FastAPI. All are tried on this machine, with one client and with
 * sixteen, and the service is compared with the best.
 */
async function startPeer(
  name: string,
  module: string,
  files: Readonly<Record<string, string>>,
  films: readonly BenchFilm[],
  client: LoadClient,
  options: BenchOptions,
): Promise<Peer> {
  const start = (workers: number, threads: number) =>
    startProgram({
      command: options.python,
      args: (port) => [
        '-m',
        'uvicorn',
        '--app-dir',
        folder,
        `${module}:app`,
        '--host',
        '127.0.0.1',
        '--port',
        String(port),
        '--workers',
        String(workers),
        '--no-access-log',
        '--log-level',
        'warning',
      ],
      environment: () => ({ ...files, PEER_THREADS: String(threads) }),
      readyPath: '/ready',
    });
  const one = await start(1, options.threads);
  const several = await start(options.threads, 1);
  const ways: readonly Way[] = [
    { name: 'a `def` route in the thread pool', started: one, path: '/sync' },
    { name: 'an `async def` route', started: one, path: '/async' },
    { name: `${options.threads} workers of one thread, \`def\` route`, started: several, path: '/sync' },
  ];
  const fastest = async (clients: number): Promise<Way> => {
    let best: { readonly way: Way; readonly perSecond: number } | undefined;
    for (const way of ways) {
      const { perSecond } = await load({
        name,
        url: urlOf(way),
        pid: way.started.pid,
        films,
        client,
        clients,
        seconds: options.seconds / 2,
      });
      if (best === undefined || perSecond > best.perSecond) best = { way, perSecond };
    }
    if (best === undefined) throw new Error('no way was measured');
    return best.way;
  };
  const [forOne, forSeveral] = [await fastest(1), await fastest(16)];
  const system = served({
    name,
    url: (clients) => urlOf(clients === 1 ? forOne : forSeveral),
    pid: (clients) => (clients === 1 ? forOne : forSeveral).started.pid,
    client,
    stop: async () => {
      await Promise.all([one.stop(), several.stop()]);
    },
  });
  return { ...system, url: urlOf(forOne), ways: { one: forOne.name, several: forSeveral.name } };
}

function urlOf({ started, path }: Way): string {
  return `${started.base}${path}`;
}
