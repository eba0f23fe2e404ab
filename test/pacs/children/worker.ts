import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { openDatabase } from '../../../src/database/index.js';
import { analysedWith, fakeEngine } from '../../http/fakes.js';
import { openWorker } from '../beside.js';

// A worker in a process of its own, to be killed. The engine says when it has a film, and takes its time with it if
// that is asked for.
const [databaseUrl = '', url = '', pause = ''] = process.argv.slice(2);
const engine = fakeEngine();
engine.analyse = async ({ bytes }) => {
  process.send?.('analysing');
  if (pause !== '') await new Promise((resolve) => setTimeout(resolve, Number(pause)));
  return analysedWith(bytes, 0.9);
};
const worker = await openWorker(
  {
    database: await openDatabase({ at: { url: databaseUrl } }),
    engine,
    logger: pino({ enabled: false }),
    folder: mkdtempSync(join(tmpdir(), 'lesion-pacs-')),
    url,
  },
  { timeoutSeconds: 60 },
);
worker.start();
