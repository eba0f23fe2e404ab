import type { ServerResponse } from 'node:http';
import t, { type Test } from 'tap';
import { AnalysisRefused } from '../../src/engine/index.js';
import { countFilms, requeueFilms, troubledFilms } from '../../src/pacs/index.js';
import { failedWith } from '../http/fakes.js';
import { type Backend, onEachBackend } from '../backends.js';
import { beside, filmOf, put } from './beside.js';
import { json, keep, type Mischief, type Step, storeAnswer, uidsIn, wrapped } from './fakePacs.js';

/** A PACS, or what stands before it, on its bad days: nothing is lost, nothing is double, nothing is believed. */

const only =
  (wanted: Step, act: (response: ServerResponse, body: Buffer) => unknown): Mischief =>
  (step, _request, response, body) =>
    step === wanted ? (act(response, body) ?? true) : undefined;

/** Leaves the answer to the server, and notes the UIDs of what comes. */
const watching =
  (sent: string[][]): Mischief =>
  (step, _request, _response, body) => {
    if (step === 'store') sent.push(uidsIn(body));
    return undefined;
  };

const film = filmOf(1);
const cut = wrapped.body(film.bytes).subarray(0, 20_000);

/** What goes wrong, how the try is recorded, and what must not be seen. */
const badDays: Record<string, [string, Mischief]> = {
  'answers 500': ['status', only('retrieve', (response) => response.writeHead(500).end('oops'))],
  'answers 401': ['unauthorised', only('retrieve', (response) => response.writeHead(401).end())],
  'answers with a page': [
    'bad-answer',
    only('retrieve', (response) => response.setHeader('content-type', 'text/html').end('<html>Sign in</html>')),
  ],
  'sends half a film, and an honest length': [
    'bad-answer',
    only('retrieve', (response) => response.setHeader('content-type', wrapped.type).end(cut)),
  ],
  'breaks off within a film': [
    'unreachable',
    only('retrieve', (response) => {
      response.writeHead(200, { 'content-type': wrapped.type, 'content-length': 2 * cut.length });
      response.write(cut, () => {
        response.destroy();
      });
    }),
  ],
  'sends a film of another study': [
    'other-instance',
    only('retrieve', (response) => response.setHeader('content-type', wrapped.type).end(wrapped.body(filmOf(2).bytes))),
  ],
  'sends two films for one': [
    'bad-answer',
    only('retrieve', (response) => {
      const one = wrapped.body(film.bytes);
      response
        .setHeader('content-type', wrapped.type)
        .end(Buffer.concat([one.subarray(0, -4), Buffer.from('\r\n'), one]));
    }),
  ],
  'sends more than a film may have': [
    'too-large',
    only('retrieve', (response) => response.setHeader('content-type', wrapped.type).end(Buffer.alloc(1_200_000))),
  ],
  'is silent': ['deadline', only('retrieve', () => undefined)],
  trickles: [
    'deadline',
    only('retrieve', (response) => {
      response.writeHead(200, { 'content-type': wrapped.type });
      const timer = setInterval(() => void response.write('-'), 100);
      response.on('close', () => {
        clearInterval(timer);
      });
    }),
  ],
  'stores, and answers with a page': [
    'bad-answer',
    only('store', (response) => response.setHeader('content-type', 'text/html').end('<html>OK</html>')),
  ],
  'confirms nothing, with 200': [
    'not-stored',
    only('store', (response) => {
      json(response, {});
    }),
  ],
  'refuses with 409': [
    'not-stored',
    only('store', (response, body) => {
      const failed = uidsIn(body).map((uid) => ({
        '00081155': { vr: 'UI', Value: [uid] },
        '00081197': { vr: 'US', Value: [272] },
      }));
      response.statusCode = 409;
      json(response, { '00081198': { vr: 'SQ', Value: failed } });
    }),
  ],
};

async function eachOnBadDays(t: Test, backend: Backend): Promise<void> {
  const place = await beside(t, await backend.place());
  const { pacs } = place;

  await t.test('a film is found, fetched, analysed, logged and answered; then it is known', async (t) => {
    put(pacs, film);
    t.same(await place.once(), ['findings']);
    t.equal(await place.rows(), 1);
    t.same([...pacs.received.values()], [1, 1], 'SR and presentation state');
    const queries = pacs.requests.length;
    t.same(await place.once(), [], 'nothing to do');
    t.notOk(
      pacs.requests.slice(queries).some((line) => line.includes('/instances/')),
      'it is not fetched again',
    );
  });

  await t.test('our own results, derived and secondary images are never input', async (t) => {
    const root = '1.2.840.10008.5.1.4.1.1';
    put(pacs, filmOf(90, {}, { sopClass: `${root}.88.34`, modality: 'SR' }));
    put(pacs, filmOf(91, {}, { sopClass: `${root}.7`, modality: 'CR' }));
    put(pacs, filmOf(92, {}, { imageType: 'DERIVED\\PRIMARY' }));
    put(pacs, filmOf(93, {}, { imageType: 'ORIGINAL\\SECONDARY' }));
    t.same(await place.once(), []);
    // A list that lies: the file itself is asked, too.
    put(pacs, filmOf(94, { '00080008': ['CS', 'DERIVED\\SECONDARY'] }));
    t.same(await place.once(), ['refused']);
    t.same(await place.once({ derivedImages: true }), ['findings'], 'unless the source says that films are derived');
    t.equal(await place.rows(), 2);
    const audited = await place.database.kysely
      .selectFrom('audit_events')
      .select(['code', 'actor', 'sha256'])
      .execute();
    t.match(audited, [{ code: 'unsupported-image', actor: 'pacs:fake', sha256: /^[0-9a-f]{64}$/ }]);
  });

  let number = 100;
  for (const [what, [code, mischief]] of Object.entries(badDays)) {
    await t.test(`a PACS that ${what}: tried again, then all is there once`, async (t) => {
      const next = filmOf(number++);
      put(pacs, next);
      const rows = await place.rows();
      const known = new Set(pacs.received.keys());
      pacs.mischief = mischief;
      t.same(await place.once(), ['failed']);
      t.match(await troubledFilms(place.database), [{ source: 'fake', state: 'retry', tries: 1, code }]);
      pacs.mischief = undefined;
      t.same(await place.once(), [], 'not before its time');
      await place.hurry();
      t.same(await place.once(), ['findings']);
      t.equal(await place.rows(), rows + 1, 'one row');
      t.equal([...pacs.received.keys()].filter((uid) => !known.has(uid)).length, 2, 'one SR, one presentation state');
    });
  }

  await t.test(
    'an answer that names one of two objects is no success, and the second try makes the same',
    async (t) => {
      const next = filmOf(number++);
      put(pacs, next);
      const sent: string[][] = [];
      pacs.mischief = only('store', (response, body) => {
        const uids = uidsIn(body);
        sent.push(uids);
        keep(pacs, uids.slice(0, 1));
        json(response, storeAnswer(uids.slice(0, 1)));
      });
      t.same(await place.once(), ['failed']);
      t.match(await troubledFilms(place.database), [{ code: 'not-stored', message: /all but 1 of 2/ }]);
      pacs.mischief = watching(sent);
      await place.hurry();
      t.same(await place.once(), ['findings']);
      t.equal(sent.length, 2);
      t.same(sent[0], sent[1]);
    },
  );

  await t.test('a PACS that dies in the middle of storing has it all after the next try, once', async (t) => {
    const next = filmOf(number++);
    put(pacs, next);
    const rows = await place.rows();
    const sent: string[][] = [];
    // It has stored, and nobody hears of it.
    pacs.mischief = only('store', (response, body) => {
      sent.push(uidsIn(body));
      keep(pacs, uidsIn(body));
      response.destroy();
    });
    t.same(await place.once(), ['failed']);
    pacs.mischief = watching(sent);
    await place.hurry();
    t.same(await place.once(), ['findings']);
    t.same(sent[0], sent[1], 'the same UIDs: an archive keeps one of each');
    t.equal(await place.rows(), rows + 1);
    t.equal(place.engine.films.length, await place.rows(), 'the network ran once for each film');
  });

  await t.test('a redirect to another host is never followed', async (t) => {
    const other = await beside(t, await backend.place());
    put(pacs, filmOf(number++));
    for (const step of ['query', 'retrieve'] as const) {
      pacs.mischief = only(step, (response) =>
        response.writeHead(307, { location: `${other.pacs.url}/studies/1.2.1.1` }).end(),
      );
      await place.once();
      await place.hurry();
    }
    t.same(other.pacs.requests, []);
    t.match(await troubledFilms(place.database), [{ code: 'redirect' }]);
    pacs.mischief = undefined;
    t.same(await place.once(), ['findings']);
  });

  await t.test('a film that fails again and again waits for an operator, who has it tried again', async (t) => {
    put(pacs, filmOf(number++));
    pacs.mischief = only('retrieve', (response) => response.writeHead(500).end());
    for (let tries = 1; tries <= 4; tries++) {
      t.same(await place.once(), ['failed']);
      await place.hurry();
    }
    t.same(await place.once(), [], 'given up');
    t.match(await troubledFilms(place.database), [{ state: 'failed', tries: 4, code: 'status' }]);
    t.match(await countFilms(place.database), [{ source: 'fake', failed: 1, retry: 0, waiting: 0, active: 0 }]);
    pacs.mischief = undefined;
    const [given] = await troubledFilms(place.database);
    t.equal(await requeueFilms(place.database, [given?.id ?? '']), 1);
    t.same(await place.once(), ['findings']);
    t.same(await troubledFilms(place.database), []);
  });

  await t.test('a study that can not be listed does not keep the others waiting', async (t) => {
    const [poison, good] = [filmOf(number++), filmOf(number++)];
    put(pacs, poison);
    put(pacs, good);
    pacs.mischief = (_step, request, response) =>
      request.url?.includes(`/${poison.study}/`) === true ? response.writeHead(500).end() : undefined;
    t.same(await place.once(), ['findings']);
    pacs.mischief = undefined;
    t.same(await place.once(), ['findings']);
  });

  await t.test('a film that the engine gives up on gets an SR that says so, and no second run', async (t) => {
    put(pacs, filmOf(number++));
    const [rows, objects] = [await place.rows(), pacs.received.size];
    const { analyse } = place.engine;
    let runs = 0;
    place.engine.analyse = () => {
      runs++;
      return Promise.resolve(failedWith('deadline'));
    };
    t.same(await place.once(), ['not-analysed']);
    place.engine.analyse = analyse;
    t.same([runs, (await place.rows()) - rows, pacs.received.size - objects], [1, 1, 1]);
  });

  await t.test('a full engine makes a film wait, not fail', async (t) => {
    put(pacs, filmOf(number++));
    const { analyse } = place.engine;
    let refusals = 0;
    place.engine.analyse = (request) => {
      if (refusals++ < 2) return Promise.reject(new AnalysisRefused('queue-full', 'Full.'));
      place.engine.analyse = analyse;
      return analyse(request);
    };
    t.same(await place.once(), ['findings']);
  });

  await t.test('two workers on one database do each film once', async (t) => {
    const rows = await place.rows();
    const stored = pacs.received.size;
    for (let i = 0; i < 8; i++) put(pacs, filmOf(number++));
    const [one, two] = await Promise.all([place.once(), place.once()]);
    t.same([...one, ...two], Array(8).fill('findings'));
    t.equal(await place.rows(), rows + 8);
    t.equal(pacs.received.size, stored + 16);
  });

  await t.test('closing gives up what waits for a PACS; the film is tried again', async (t) => {
    put(pacs, filmOf(number++));
    let asked: () => void;
    const waiting = new Promise<void>((resolve) => (asked = resolve));
    pacs.mischief = only('retrieve', () => {
      asked();
    });
    const worker = await place.worker({ timeoutSeconds: 600 });
    worker.start();
    await waiting;
    await worker.close();
    t.match(await troubledFilms(place.database), [{ code: 'stopped', state: 'retry' }]);
    pacs.mischief = undefined;
    await place.hurry();
    t.same(await place.once(), ['findings']);
  });

  await t.test('nothing of a film is in any line of the log, nor kept of a failure', (t) => {
    t.ok(place.lines.length > 20, `${place.lines.length} lines`);
    t.same(
      place.lines.filter((line) => /SECRET|Secretname|\b1\.2\.\d+\.[123]\b|2\.25\.\d/.test(line)),
      [],
    );
    t.end();
  });
}

onEachBackend(t, eachOnBadDays);
