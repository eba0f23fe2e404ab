import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t from 'tap';
import type { Report } from '../../src/report/index.js';
import { python, skip } from './pytorch.js';

/**
 * The README's way from a VoTT export to a served model, its commands run word for word, in order; only `runs/` lies
 * elsewhere, and the service gets a port and a data folder of its own.
 */
t.test(
  'README: what VoTT exported is trained, measured and served by the commands that stand there',
  { skip },
  async (t) => {
    const runs = await mkdtemp(join(tmpdir(), 'runs-'));
    t.teardown(() => rm(runs, { recursive: true }));
    const commands = (await commandsOf('## From annotations to a served model'))
      .replaceAll('runs/', `${runs}/`)
      .replaceAll('python3 ', `${python} `);
    const start = commands.lastIndexOf('MODELS_DIR=');

    const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', commands.slice(0, start)], {
      encoding: 'utf8',
      timeout: 400_000,
    });
    t.equal(status, 0, stdout + stderr);

    const report = JSON.parse(await readFile(join(runs, 'report', 'report.json'), 'utf8')) as { films?: unknown };
    t.type(report, 'object');
    t.match(
      await readFile(join(runs, 'report', 'report.html'), 'utf8'),
      /<h2>Training run<\/h2>.*<figcaption>Parts of the loss/,
      'the curves of the run that train.py logged',
    );
    const { detections, image } = await served(
      commands.slice(start),
      join(runs, 'data'),
      'annotations/example/images/drawn-p01-2.jpg',
    );
    t.match(image, { format: 'jpeg' });
    // The opacity of this film as it was drawn: 164,76 to 213,138.
    t.ok(
      detections.some(({ box }) => overlap(box, { x: 164, y: 76, width: 49, height: 62 }) > 0.4),
      JSON.stringify(detections),
    );
  },
);

async function commandsOf(heading: string): Promise<string> {
  const readme = await readFile('README.md', 'utf8');
  const block = /```sh\n([\s\S]*?)```/.exec(readme.slice(readme.indexOf(heading)));
  if (readme.indexOf(heading) < 0 || block?.[1] === undefined)
    throw new Error(`README.md has no commands under ${heading}`);
  return block[1];
}

/** Starts the service as the README does, posts one film with the token of the first start, stops it. */
async function served(
  command: string,
  dataDir: string,
  film: string,
): Promise<{ image: unknown; detections: readonly { box: Box }[] }> {
  const service = spawn('bash', ['-euc', command.replace('npm start', 'exec npm start')], {
    env: { ...process.env, PORT: '0', DATA_DIR: dataDir, EXECUTION_PROVIDERS: 'cpu', NODE_ENV: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  try {
    const address = await addressIn(service.stdout, service.stderr);
    const token = await readFile(join(dataDir, 'submitter-token'), 'utf8');
    const response = await fetch(`${address}/v1/detections`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token.trim()}`, 'content-type': 'image/jpeg' },
      body: await readFile(film),
    });
    const report = (await response.json()) as Report;
    if (!('detections' in report)) throw new Error(`${response.status} ${JSON.stringify(report)}`);
    return report;
  } finally {
    // The whole group: npm, the service and its children.
    if (service.pid !== undefined) process.kill(-service.pid, 'SIGTERM');
    await once(service, 'close');
  }
}

async function addressIn(...streams: readonly NodeJS.ReadableStream[]): Promise<string> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    for (const stream of streams) {
      createInterface(stream).on('line', (line) => {
        said.push(line);
        // The line to paste comes last: then the token is there, too.
        const address = line.startsWith('curl') ? /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(line) : null;
        if (address !== null) resolve(address[0]);
      });
      stream.on('end', () => {
        reject(new Error(`the service said no address:\n${said.join('\n')}`));
      });
    }
  });
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / (a.width * a.height + b.width * b.height - width * height);
}
