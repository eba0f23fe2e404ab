import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import t from 'tap';
import type { FileReport } from '../src/cli/detect/analyseFiles.js';
import { detectCommand } from '../src/cli/detect/command.js';
import { modelCommand } from '../src/cli/model/command.js';
import { runCommand } from './cli/runCommand.js';
import { Comparison, readExpected } from './expected.js';

/**
 * PILOT: the folder of `pilot.cfg`, `pilot.weights` and `expected.json`, by others than us; PILOT_FILMS: its films.
 * They are not ours to commit.
 */
const { PILOT: pilot, PILOT_FILMS: films } = process.env;

t.test(
  "another's network, imported, says of sixty films what others saw in PyTorch",
  { skip: pilot === undefined || films === undefined ? 'PILOT and PILOT_FILMS are not set' : false },
  async (t) => {
    t.setTimeout(300_000);
    const models = t.testdir();
    await writeFile(join(models, 'classes.names'), 'opacity\n');
    const as = [
      '--window',
      '1,99',
      '--interpolation',
      'area',
      '--arithmetic',
      'uint8',
      '--fill',
      '0',
      '--unletterbox',
      'exact',
      '--colour',
      'grey',
      '--nms-iou',
      '0.4',
    ];
    await runCommand(modelCommand(), [
      'import',
      '--name',
      'pilot',
      '--cfg',
      join(pilot!, 'pilot.cfg'),
      '--weights',
      join(pilot!, 'pilot.weights'),
      '--classes',
      join(models, 'classes.names'),
      '--out',
      models,
      ...as,
    ]);
    const expected = await readExpected(join(pilot!, 'expected.json'));
    const { out } = await runCommand(detectCommand(), [
      ...Object.keys(expected).map((name) => join(films!, name)),
      '--models',
      models,
      '--model',
      'pilot',
      '--min-score',
      '0.05',
    ]);
    const compared = new Comparison(t, 0.05);
    const reports = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as FileReport);
    t.equal(reports.length, Object.keys(expected).length);
    for (const [i, [name, { detections }]] of Object.entries(expected).entries()) {
      const report = reports[i];
      compared.film(name, report === undefined || report.state === 'not-analysed' ? [] : report.detections, detections);
    }
    compared.end();
  },
);
