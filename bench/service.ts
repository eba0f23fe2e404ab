import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchOptions } from './options.js';
import { type Started, startProgram } from './started.js';

/** The service as a user starts it, on a data folder of its own. */
export interface RunningService extends Started {
  readonly detections: string;
  /** Of its submitter. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * @param databaseUrl its log; if undefined, the embedded log
 * @param imageStore `none`, as in production, unless films must be shown again: no peer keeps them either
 */
export async function startService(
  options: BenchOptions,
  {
    databaseUrl = '',
    imageStore = 'none',
    secondaryCapture = false,
  }: { databaseUrl?: string; imageStore?: 'none' | 'disk'; secondaryCapture?: boolean } = {},
): Promise<RunningService> {
  const folder = await mkdtemp(join(tmpdir(), 'lesion-bench-'));
  try {
    const started = await startProgram({
      command: process.execPath,
      args: () => [fileURLToPath(new URL('../src/main.js', import.meta.url))],
      environment: (port) => ({
        NODE_ENV: 'development',
        LOG_LEVEL: 'error',
        PORT: String(port),
        DATA_DIR: folder,
        DATABASE_URL: databaseUrl,
        IMAGE_STORE: imageStore,
        DICOM_SECONDARY_CAPTURE: String(secondaryCapture),
        MODELS_DIR: options.modelsDir,
        MODEL: options.model,
        EXECUTION_PROVIDERS: 'cpu',
        INTRA_OP_THREADS: String(options.threads),
      }),
      readyPath: '/readyz',
    });
    return {
      ...started,
      detections: `${started.base}/v1/detections`,
      headers: { authorization: `Bearer ${await submitterToken(folder)}` },
      async stop() {
        await started.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The first start makes one just after it begins to listen. */
export async function submitterToken(folder: string): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const token = await readFile(join(folder, 'submitter-token'), 'utf8').catch(() => '');
    if (token.endsWith('\n')) return token.trim();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the service made no submitter token');
}
