import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import t from 'tap';
import { readConfig } from '../src/config.js';
import { calibrate, reportedFloor } from '../src/detector/index.js';
import { type TrialAccount, trialAccess } from '../src/firstStart.js';
import type { Report } from '../src/report/index.js';
import { type Service, startService } from '../src/service.js';
import { Comparison, readExpected } from './expected.js';

/**
 * The whole service on real films: the network that ships, both children, the embedded log, HTTP over sockets.
 */

const model = 'cxr-opacity';
const films = ['00002275_018', '00003291_001', '00003585_000', '00003699_000', '00004344_002'].map(
  (name) => `nih-${name}.jpg`,
);
const bytesOf = new Map<string, Buffer>();
let service: Service;
let token: string;
let people: readonly TrialAccount[];
let folder: string;
const restarts = { decoder: 0, runner: 0 };

t.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lesion-detector-'));
  for (const film of films) bytesOf.set(film, await readFile(join('annotations/films', film)));
  const config = readConfig({
    PORT: '0',
    DATA_DIR: folder,
    MODEL: model,
    EXECUTION_PROVIDERS: 'cpu',
    QUEUE_FILMS: '300',
  });
  service = await startService(config, pino({ level: 'silent' }));
  service.engine.observe({
    onRestart(child) {
      restarts[child] += 1;
    },
  });
  ({ submitterToken: token, accounts: people } = await trialAccess(service, folder));
});

t.after(async () => {
  await rm(folder, { recursive: true });
});

async function post(film: string): Promise<{ status: number; text: string; location: string | null }> {
  const response = await fetch(`${service.address}/v1/detections`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'image/jpeg' },
    body: bytesOf.get(film) ?? Buffer.alloc(0),
  });
  return { status: response.status, text: await response.text(), location: response.headers.get('location') };
}

async function get(path: string): Promise<Response> {
  return fetch(`${service.address}${path}`, { headers: { authorization: `Bearer ${token}` } });
}

/** What a report says of its film, without what differs between two requests. */
function saying(text: string): unknown {
  const { id, createdAt, timings, ...report } = JSON.parse(text) as Report;
  return 'detections' in report
    ? { ...report, detections: report.detections.map(({ id: _id, ...box }) => box) }
    : report;
}

async function rowTexts(): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; report: string }>`select id, report from detections`.execute(
    service.database.kysely,
  );
  return new Map(rows.map((row) => [row.id, row.report]));
}

/** Clients that take the next film as soon as their last one is answered. */
async function postAll(count: number, clients: number): Promise<{ film: string; status: number; text: string }[]> {
  const answers: { film: string; status: number; text: string }[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < count) {
      const film = films[next++ % films.length]!;
      answers.push({ film, ...(await post(film)) });
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return answers;
}

t.test(
  'the people of a first start sign in at the page; a later start makes nobody, and keeps the token',
  async (t) => {
    t.same(
      people.map(({ name, role }) => [name, role]),
      [
        ['reader', 'radiologist'],
        ['operator', 'operator'],
      ],
    );
    for (const { name, role, password } of people) {
      const answer = await fetch(`${service.address}/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: service.address },
        body: JSON.stringify({ name, password }),
      });
      t.equal(answer.status, 200);
      t.match(await answer.json(), { user: { name, role } });
    }
    t.same(await trialAccess(service, folder), { accounts: [], present: [], submitterToken: token });
  },
);

t.test('a film posted is answered with boxes, and the same report comes back from GET and from its row', async (t) => {
  const { status, text, location } = await post('nih-00004344_002.jpg');
  t.equal(status, 201);
  const report = JSON.parse(text) as Report;
  t.equal(report.state, 'findings');
  t.equal(location, `/v1/detections/${report.id}`);
  const again = await get(location!);
  t.equal(await again.text(), text, 'GET gives the very text');
  t.equal((await rowTexts()).get(report.id), text, 'the row holds the very text');
});

t.test('the pipeline sees what PyTorch saw with the same network', async (t) => {
  const expected = await readExpected('test/fixtures/cxr-opacity-expected.json');
  const { spec } = service.registry.models.get(model)!;
  const floor = calibrate(0.05, spec.calibration);
  const compared = new Comparison(t, floor);
  for (const [film, { detections }] of Object.entries(expected)) {
    const { text } = await post(film);
    const { id } = JSON.parse(text) as Report;
    const view = (await (await get(`/v1/detections/${id}?minScore=${floor}`)).json()) as Report;
    t.match(
      view,
      { asLogged: { candidateFloor: reportedFloor(spec) } },
      'the floor is told on the scale of the scores',
    );
    compared.film(film, view.state === 'not-analysed' ? [] : view.detections, detections);
  }
  compared.end();
});

t.test('200 films posted by 16 clients at once are 200 rows, each as if it had been alone', async (t) => {
  const alone = new Map<string, unknown>();
  for (const film of films) alone.set(film, saying((await post(film)).text));
  const before = (await rowTexts()).size;
  const answers = await postAll(200, 16);
  const rows = await rowTexts();
  t.equal(rows.size - before, 200);
  t.ok(answers.every(({ status }) => status === 201));
  t.ok(
    answers.every(({ text }) => rows.get((JSON.parse(text) as Report).id) === text),
    'each row holds what was answered',
  );
  const different = answers.filter(
    ({ film, text }) => JSON.stringify(saying(text)) !== JSON.stringify(alone.get(film)),
  );
  t.strictSame(
    different.map(({ film }) => film),
    [],
  );
});

t.test('either child killed under load: every request is answered, and none is silent', async (t) => {
  const alone = new Map<string, unknown>();
  for (const film of films) alone.set(film, saying((await post(film)).text));
  for (const child of ['runner', 'decoder'] as const) {
    const load = postAll(60, 16);
    for (let kills = 0; kills < 2; kills++) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      const { runnerPids, decoderPids } = service.engine.status().children;
      const [pid] = child === 'runner' ? runnerPids : decoderPids;
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
    }
    const answers = await load;
    const rows = await rowTexts();
    t.equal(answers.length, 60, `all are answered although the ${child} was killed`);
    for (const { film, status, text } of answers) {
      if (status === 201) {
        t.strictSame(saying(text), alone.get(film));
        continue;
      }
      // Two kills may both have hit one film while it ran alone: then it says so, and so does its row.
      t.equal(status, 500, text);
      const problem = JSON.parse(text) as { code: string; detectionId: string };
      t.equal(problem.code, 'engine-failed');
      t.match(rows.get(problem.detectionId), /"state":"not-analysed"/);
    }
    t.ok(restarts[child] >= 1, `the ${child} was replaced`);
    t.equal((await get('/readyz')).status, 200);
  }
});

t.test('the chain of the log is whole after all this', async (t) => {
  const { createDetectionLog } = await import('../src/log/index.js');
  const { rows, faults } = await createDetectionLog(service.database).verify();
  t.ok(rows >= 200);
  t.strictSame(faults, []);
});

t.test('stopping ends the children and frees the folder', async (t) => {
  const { runnerPids, decoderPids } = service.engine.status().children;
  await service.close();
  for (const pid of [...runnerPids, ...decoderPids]) t.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  await t.rejects(fetch(service.address));
  const { openDatabase } = await import('../src/database/index.js');
  const again = await openDatabase({ at: { dataDir: folder } });
  t.notOk(again.forwarded, 'the folder can be opened again');
  await again.close();
});
