import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { pino } from 'pino';
import t from 'tap';
import { detectCommand } from '../../src/cli/detect/command.js';
import { readConfig } from '../../src/config.js';
import { trialAccess } from '../../src/firstStart.js';
import type { Report } from '../../src/report/index.js';
import { type Service, startService } from '../../src/service.js';
import { copyEmbeddedLog } from '../backends.js';
import { writeTinyModel } from '../engine/tinyModel.js';
import { frontalFilms, negativeOf, page, photograph, turnedBy } from './pictures.js';

/**
 * A model with a gate, through the whole service: children, embedded log, HTTP over sockets. Its network finds
 * brightness in 64 × 64, so a negative that was not turned round would score otherwise than its film.
 */

const [path = ''] = frontalFilms;
let folder: string;
let service: Service;
let token: string;

t.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lesion-detector-'));
  await writeTinyModel(join(folder, 'models'), {
    inputGate: { name: 'frontal-chest', version: '1.0.0' },
    window: { percentile: [1, 99] },
  });
  await copyEmbeddedLog(join(folder, 'data'));
  const config = readConfig({
    PORT: '0',
    DATA_DIR: join(folder, 'data'),
    MODELS_DIR: join(folder, 'models'),
    EXECUTION_PROVIDERS: 'cpu',
    RUNNERS: '1',
    DECODERS: '1',
    METRICS_ACCESS: 'open',
  });
  service = await startService(config, pino({ level: 'silent' }));
  ({ submitterToken: token } = await trialAccess(service, join(folder, 'data')));
});

t.after(async () => {
  await service.close();
  await rm(folder, { recursive: true });
});

const authorization = () => ({ authorization: `Bearer ${token}` });

async function post(body: Uint8Array): Promise<{ status: number; text: string; report: Report }> {
  const response = await fetch(`${service.address}/v1/detections`, {
    method: 'POST',
    headers: authorization(),
    body: new Uint8Array(body),
  });
  const text = await response.text();
  return { status: response.status, text, report: JSON.parse(text) as Report };
}

async function get(route: string): Promise<string> {
  const response = await fetch(`${service.address}${route}`, { headers: authorization() });
  return response.text();
}

t.test('a photograph is answered with its reason, in a row that says the same', async (t) => {
  const { status, text, report } = await post(await photograph());
  t.equal(status, 201);
  t.match(report, {
    state: 'not-analysed',
    provider: null,
    reason: { code: 'not-a-frontal-chest-film', detail: /in colour/ },
    image: { width: 640, height: 480, format: 'png', preparation: { window: null, inverted: false, orientation: 1 } },
    lookedFor: ['bright'],
  });
  t.notOk('detections' in report || 'filmScore' in report, 'nothing that looks like an empty finding');
  t.equal(await get(`/v1/detections/${report.id}`), text);
  const list = JSON.parse(await get('/v1/detections?state=not-analysed')) as { items: Report[] };
  t.equal(list.items.length, 1);
  t.match(list.items, [report]);
  t.match(await get('/metrics'), /lesion_detector_failures_total\{reason="not-a-frontal-chest-film"\} 1/);
});

t.test('a film on its side is refused, and the answer tells how it lies', async (t) => {
  const { status, report } = await post(await turnedBy(path, 90));
  t.equal(status, 201);
  t.match(report, {
    state: 'not-analysed',
    reason: { code: 'not-a-frontal-chest-film', detail: /on its side.*send it upright/ },
  });
});

t.test('a negative is analysed as the film that it is a negative of', async (t) => {
  const film = (await post(await turnedBy(path, 0))).report;
  const negative = (await post(await negativeOf(path))).report;
  if (film.state === 'not-analysed' || negative.state === 'not-analysed') throw new Error('both have to be analysed');
  t.equal(film.image.preparation.inverted, false);
  t.equal(negative.image.preparation.inverted, true);
  // Each level v became 255 − v and came back: the window, in levels of the film that was analysed, is the same one.
  t.same(negative.image.preparation.window, film.image.preparation.window);
  t.equal(negative.filmScore, film.filmScore);
  t.same(
    negative.detections.map(({ box }) => box),
    film.detections.map(({ box }) => box),
  );
});

t.test('detect answers as the service does, lists what was refused and exits with 1', async (t) => {
  const films = t.testdir();
  await writeFile(join(films, 'a-negative.png'), await negativeOf(path));
  await writeFile(join(films, 'b-letter.png'), await page());
  const out = t.capture(process.stdout, 'write', () => true);
  const err = t.capture(process.stderr, 'write', () => true);
  await new Command()
    .exitOverride()
    .addCommand(detectCommand().exitOverride())
    .parseAsync(['detect', films, '--models', join(folder, 'models')], { from: 'user' });
  out.restore();
  err.restore();
  t.equal(process.exitCode, 1);
  process.exitCode = 0;
  const text = (calls: typeof out) =>
    calls()
      .map(({ args: [piece] }) => String(piece))
      .join('');
  const [negative, letter] = text(out)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Report);
  t.match(negative, { image: { preparation: { inverted: true } } });
  t.match(letter, { state: 'not-analysed', reason: { code: 'not-a-frontal-chest-film' } });
  t.match(text(err), /1 of 2 films were not analysed:\n.*b-letter\.png: not-a-frontal-chest-film: /);
});

// The service listens until it is closed: this file does not end by itself.
t.end();
