import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../postgres.js';

const run = promisify(execFile);
const program = '/usr/sbin/Orthanc';

/** Why there is none; a run that has to be complete (CI) must not pass without it. */
export const noOrthanc = 'Orthanc and DCMTK are not installed (orthanc, orthanc-dicomweb, dcmtk)';

/** A real PACS with the configuration of docs/hospital.md, in a temporary folder, on free ports. */
export interface Orthanc {
  /** Base of its DICOMweb service. */
  readonly dicomWeb: string;
  readonly user: string;
  readonly password: string;
  /** Sends a file as a modality does, by C-STORE. */
  storescu(file: Uint8Array): Promise<void>;
  /** Its own REST API, which only tests use. */
  get(path: string): Promise<unknown>;
  /** Every instance's tags, named, as Orthanc has them. */
  instances(): Promise<Record<string, unknown>[]>;
  /** A stored file. */
  file(orthancId: string): Promise<Buffer>;
  kill(): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
}

/** undefined where it is not installed; throws instead when CI is set. */
export async function startOrthanc(): Promise<Orthanc | undefined> {
  const plugin = findPlugin();
  if (!existsSync(program) || !existsSync('/usr/bin/storescu') || plugin === undefined) {
    if (process.env['CI'] !== undefined) throw new Error(noOrthanc);
    return undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), 'lesion-orthanc-'));
  const [httpPort, dicomPort] = [await freePort(), await freePort()];
  const [user, password] = ['lesion-detector', 'only-for-tests'];
  const settings = join(folder, 'orthanc.json');
  await writeFile(
    settings,
    JSON.stringify({
      StorageDirectory: join(folder, 'db'),
      IndexDirectory: join(folder, 'db'),
      HttpPort: httpPort,
      RemoteAccessAllowed: false,
      AuthenticationEnabled: true,
      RegisteredUsers: { [user]: password },
      DicomAet: 'ORTHANC',
      DicomPort: dicomPort,
      DicomCheckCalledAet: true,
      DicomAlwaysAllowStore: false,
      DicomModalities: { modality: ['STORESCU', '127.0.0.1', 11111] },
      OverwriteInstances: false,
      Plugins: [plugin],
      DicomWeb: { Enable: true, Root: '/dicom-web/' },
    }),
  );
  const address = `http://127.0.0.1:${httpPort}`;
  const headers = { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
  const get = (path: string) => fetch(`${address}${path}`, { headers });
  const json = async (path: string): Promise<unknown> => (await get(path)).json();

  let child: ReturnType<typeof spawn> | undefined;
  const start = async (): Promise<void> => {
    child = spawn(program, [settings], { stdio: 'ignore' });
    // A test file has ended when nothing keeps its process alive; only then is Orthanc removed.
    child.unref();
    while (
      !(await get('/system').then(
        ({ ok }) => ok,
        () => false,
      ))
    ) {
      if (child.exitCode !== null) throw new Error(`Orthanc ended with ${child.exitCode}`);
      await delay(50);
    }
  };
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  // A test that crashes must not leave a server behind.
  const abandoned = (): void => {
    child?.kill('SIGKILL');
  };
  process.once('exit', abandoned);
  await start();
  let sent = 0;
  return {
    dicomWeb: `${address}/dicom-web`,
    user,
    password,
    async storescu(file) {
      const path = join(folder, `sent-${sent++}.dcm`);
      await writeFile(path, file);
      await run('storescu', ['-aet', 'STORESCU', '-aec', 'ORTHANC', '-R', '127.0.0.1', String(dicomPort), path]);
    },
    get: json,
    async instances() {
      const ids = (await json('/instances')) as string[];
      return Promise.all(
        ids.map(async (id) => ({ id, ...((await json(`/instances/${id}/simplified-tags`)) as object) })),
      );
    },
    file: async (id) => Buffer.from(await (await get(`/instances/${id}/file`)).arrayBuffer()),
    kill,
    start,
    async remove() {
      process.off('exit', abandoned);
      // Its folder goes anyway, and a clean stop can wait for connections.
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Its name ends with its version, and Orthanc finds only `.so` in a folder. */
function findPlugin(): string | undefined {
  const folder = '/usr/lib/orthanc';
  const names: readonly string[] = existsSync(folder) ? readdirSync(folder) : [];
  const name = names.find((each) => each.startsWith('libOrthancDicomWeb.so'));
  return name === undefined ? undefined : join(folder, name);
}
