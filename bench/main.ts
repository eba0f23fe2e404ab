import { writeFile } from 'node:fs/promises';
import { startPostgres } from '../test/postgres.js';
import { atSizeSection } from './atSize.js';
import { candidatesSection } from './candidates.js';
import { startClient } from './client/index.js';
import { decodeHeadsSection } from './decodeHeads.js';
import { filmPageSection } from './filmPage.js';
import { loadFilms } from './films.js';
import { logAppendSection } from './logAppend.js';
import { machineLines } from './machine.js';
import { type BenchOptions, readOptions, type Section } from './options.js';
import { recoverySection } from './recovery.js';
import { servingSection } from './serving.js';
import { twoHundredSection } from './twoHundred.js';

/** Measures everything in one run on one machine and prints Markdown; `--write` makes docs/performance.md of it. */
const options = readOptions();
const text = (await page(options)).join('\n');
process.stdout.write(text);
if (options.write) await writeFile(new URL('../../docs/performance.md', import.meta.url), text);

async function page(options: BenchOptions): Promise<string[]> {
  const machine = machineLines(options);
  const films = await loadFilms(options.filmsDir);
  const client = startClient();
  const postgres = await startPostgres();
  const sections: Readonly<Record<Section, () => Promise<string[]>>> = {
    decode: () => Promise.resolve(decodeHeadsSection()),
    log: () => logAppendSection(postgres),
    size: () => atSizeSection(postgres, options.rows),
    serving: () => servingSection(films, client, postgres, options),
    films: () => twoHundredSection(films, client, options),
    recovery: () => recoverySection(films, client, options),
    page: () => filmPageSection(films, options),
    candidates: () => candidatesSection(options),
  };
  try {
    const lines = [
      '# Performance',
      '',
      'Made by `npm run bench -- --write`; nothing here is typed by hand. Figures of another machine differ, their ratios less so.',
      '',
      ...machine,
      '',
    ];
    for (const [name, section] of Object.entries(sections)) {
      if ([...options.sections].some((asked) => asked === name)) lines.push(...(await section()));
    }
    return lines;
  } finally {
    client.stop();
    await postgres?.remove();
  }
}
