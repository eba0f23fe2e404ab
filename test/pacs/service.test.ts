import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import t from 'tap';
import { readConfig } from '../../src/config.js';
import type { Report } from '../../src/report/index.js';
import { type Service, startService } from '../../src/service.js';
import { film, root, secret, settingsFor, sopClasses, studyWith } from './films.js';
import { noOrthanc, type Orthanc, startOrthanc } from './orthanc.js';

/** The whole service beside a real PACS: a film is sent there by C-STORE, and nothing else is done by hand. */

let orthanc: Orthanc | undefined;
let service: Service;
let settings: Record<string, string>;
const logged: string[] = [];

t.before(async () => {
  orthanc = await startOrthanc();
  if (orthanc === undefined) return;
  settings = await settingsFor(orthanc);
  const config = readConfig(settings);
  service = await startService(config, pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) }));
});

t.after(async () => {
  await orthanc?.remove();
  if (orthanc !== undefined) await rm(settings['DATA_DIR'] ?? '', { recursive: true });
});

async function jobs(): Promise<Record<string, number>> {
  const text = await (await fetch(`${service.address}/metrics`)).text();
  const found = text.matchAll(/^lesion_detector_pacs_jobs\{source="orthanc",state="(\w+)"\} (\d+)$/gm);
  return Object.fromEntries([...found].map(([, state = '', count]) => [state, Number(count)]));
}

async function untilDone(count: number): Promise<void> {
  while ((await jobs())['done'] !== count) await delay(100);
}

const options = { timeout: 120_000 };

t.test('beside a real Orthanc', async (t) => {
  const pacs = orthanc;
  if (pacs === undefined) {
    await t.test('a film sent to it', { skip: noOrthanc }, () => undefined);
    return;
  }

  await t.test('a film sent to it has SR and presentation state in its study', options, async (t) => {
    await pacs.storescu(await film(1));
    const study = await studyWith(pacs, 1, 3);
    t.same(study.map(({ SOPClassUID }) => SOPClassUID).sort(), [sopClasses.film, sopClasses.pr, sopClasses.sr].sort());
    t.same(new Set(study.map(({ PatientID }) => PatientID)), new Set(['SECRET-ID-1']));
    t.same(new Set(study.map(({ AccessionNumber }) => AccessionNumber)), new Set(['SECRET-ACC-1']));
    t.equal(new Set(study.map(({ SeriesInstanceUID }) => SeriesInstanceUID)).size, 3, 'each in a series of its own');
    await untilDone(1);
    const rows = await service.database.kysely.selectFrom('detections').select(['report', 'submitter']).execute();
    t.equal(rows.length, 1);
    const report = JSON.parse(rows[0]?.report ?? '') as Report;
    t.equal(report.state, 'findings');
    t.equal(report.submitter, 'pacs:orthanc');
    t.notMatch(rows[0]?.report, secret);
    t.match(await service.database.kysely.selectFrom('film_references').selectAll().executeTakeFirstOrThrow(), {
      patient_ref: 'SECRET-ID-1',
      accession_number: 'SECRET-ACC-1',
      sop_instance_uid: `${root}.1.3`,
    });
  });

  await t.test('the same film again, and our own results coming round, change nothing', options, async (t) => {
    await pacs.storescu(await film(1));
    // Passes go on; one more film shows that they have seen what there is.
    await pacs.storescu(await film(2));
    await studyWith(pacs, 2, 3);
    await untilDone(2);
    t.equal((await pacs.instances()).length, 6);
    const { count } = await service.database.kysely
      .selectFrom('detections')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    t.equal(count, 2);
  });

  await t.test('what is derived, secondary or of another modality is left alone', options, async (t) => {
    await pacs.storescu(await film(3, { '00080008': ['CS', 'DERIVED\\SECONDARY'] }));
    await pacs.storescu(await film(4, { '00080008': ['CS', 'DERIVED\\PRIMARY'] }));
    await pacs.storescu(await film(5, { '00080060': ['CS', 'MG'] }));
    await pacs.storescu(await film(6));
    await studyWith(pacs, 6, 3);
    await untilDone(3);
    t.equal((await pacs.instances()).length, 12);
  });

  await t.test('a lateral gets an SR that says it was not analysed', options, async (t) => {
    await pacs.storescu(await film(7, { '00185101': ['CS', 'LL'] }));
    const study = await studyWith(pacs, 7, 3);
    t.ok(study.some(({ SOPClassUID }) => SOPClassUID === sopClasses.sr));
    await untilDone(4);
  });

  await t.test('Orthanc killed and started again: the next film is taken', options, async (t) => {
    await pacs.kill();
    while (!(await (await fetch(`${service.address}/readyz`)).text()).includes('"failing"')) await delay(100);
    await pacs.start();
    await pacs.storescu(await film(8));
    await studyWith(pacs, 8, 3);
    await untilDone(5);
    t.match(await (await fetch(`${service.address}/readyz`)).json(), {
      status: 'ready',
      pacs: [{ state: 'reachable' }],
    });
  });

  await t.test('nothing of a patient is in any line of the log, at trace level', options, async (t) => {
    await service.close();
    t.ok(logged.length > 10, `${logged.length} lines`);
    t.same(
      logged.filter((line) => secret.test(line)),
      [],
    );
  });
});
