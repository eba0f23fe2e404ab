import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { cardFigures, evaluate, figuresOnCard, parseResults } from '../../src/evaluation/index.js';
import { loadModel } from '../../src/registry/index.js';

const folders = (await readdir('models', { withFileTypes: true }))
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
  .map(({ name }) => join('models', name));
t.ok(folders.length > 0, 'there is a model');

for (const folder of folders) {
  t.test(`what the card of ${folder} says comes out of its results`, async (t) => {
    const { spec, specSha256, card } = await loadModel(folder);
    const results = join(folder, 'results.csv');
    if (!(await stat(results).catch(() => undefined))) {
      t.notMatch(card ?? '', '<!-- figures -->', 'a card without results claims no figures of evaluate');
      return;
    }
    const { run, films } = parseResults(await readFile(results, 'utf8'));
    t.strictSame(
      {
        name: run.model.name,
        version: run.model.version,
        specSha256: run.model.specSha256,
        onnxSha256: run.model.onnxSha256,
        threshold: run.model.threshold,
        calibrated: run.model.calibrated,
      },
      {
        name: spec.name,
        version: spec.version,
        specSha256,
        onnxSha256: spec.onnxSha256,
        threshold: spec.threshold.score,
        calibrated: spec.calibration !== null,
      },
      'the results are those of this very model',
    );
    // `npm run -s cli -- evaluate --results models/X/results.csv --out report --card models/X/CARD.md` writes them.
    t.equal(figuresOnCard(card ?? ''), cardFigures(evaluate({ run, films })), 'the figures on the card');
    t.notMatch(run.command, /\s'?(\/|[A-Z]:)/, 'no path of one machine');
  });
}

t.test("the free model's card says how it fares on films of the COVID-19 era, as evaluate measured it", async (t) => {
  const folder = join('models', 'cxr-opacity');
  const { card: whole, specSha256 } = await loadModel(folder);
  const card = whole ?? '';
  const { run, films } = parseResults(await readFile(join(folder, 'results-siim-covid19.csv'), 'utf8'));
  t.equal(run.model.specSha256, specSha256, 'the results are those of this very model');
  t.ok(films.length > 600 && films.every(({ set }) => set === 'siim-covid19'));
  const figures = cardFigures(evaluate({ run, films }));
  const section = card.slice(card.indexOf('### On films of the COVID-19 era'), card.indexOf('## Where it fails'));
  const rowBelow = (text: string, head: RegExp) => {
    const lines = text.split('\n');
    return lines[lines.findIndex((line) => head.test(line)) + 2];
  };
  for (const head of [/^\| films \| with \/ without/, /^\| films \| film sensitivity/]) {
    t.match(rowBelow(figures, head), /^\| all \| /);
    t.equal(rowBelow(section, head), rowBelow(figures, head), String(head));
  }
  const [, atHalf = ''] = /^\| all \|[^|]*\|[^|]*\| (\S+)/m.exec(figures) ?? [];
  t.match(section, `AP at IoU .5 of ${atHalf}**`, 'and says it in words');
});
