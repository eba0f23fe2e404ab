import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { averagePrecision } from '../../src/evaluation/measures/averagePrecision.js';
import { once, randomFilms, resultOf } from './films.js';

const python = process.env['PYCOCOTOOLS_PYTHON'] ?? 'python3';
const found = spawnSync(python, ['-c', 'import pycocotools.cocoeval']).status === 0;
// A run that has to be complete must not pass without it.
const missing = `${python} has no pycocotools: PYCOCOTOOLS_PYTHON names a Python that has`;
if (!found && process.env['CI'] !== undefined) throw new Error(missing);

const sets = [
  { title: 'one class', seed: 1, classes: ['opacity'], ties: false, films: 60 },
  { title: 'three classes', seed: 2, classes: ['opacity', 'nodule', 'effusion'], ties: false, films: 80 },
  { title: 'many equal scores', seed: 3, classes: ['opacity'], ties: true, films: 60 },
  { title: 'equal scores in two classes', seed: 4, classes: ['opacity', 'nodule'], ties: true, films: 25 },
  { title: 'few films', seed: 5, classes: ['opacity'], ties: false, films: 3 },
];

t.test('average precision equals that of pycocotools on the same boxes', { skip: found ? false : missing }, (t) => {
  for (const { title, seed, classes, ties, films } of sets) {
    const drawn = randomFilms(seed, films, { classes, ties });
    const input = {
      classes: classes.length,
      films: drawn.map(({ truths, boxes }) => ({
        truths: truths.map(([place, name]) => [classes.indexOf(name), ...place]),
        boxes: boxes.map(([score, place, name]) => [score, classes.indexOf(name), ...place]),
      })),
    };
    const { stdout, stderr, status } = spawnSync(python, [fileURLToPath(new URL('cocoeval.py', import.meta.url))], {
      input: JSON.stringify(input),
      encoding: 'utf8',
    });
    t.equal(status, 0, stderr);
    const expected = JSON.parse(stdout) as Record<string, number>;
    const ours = averagePrecision(drawn.map(resultOf), classes).of(once(drawn));
    for (const name of ['ap30', 'ap40', 'ap50', 'ap75', 'ap50to95'] as const) {
      const difference = Math.abs(ours[name] - expected[name]!);
      t.ok(difference < 1e-12, `${title}: ${name} ${ours[name]}, there ${expected[name]}`);
    }
    t.ok(ours.ap40 > 0.05 && ours.ap40 < 0.95, 'the set is neither empty nor trivial');
  }
  t.end();
});
