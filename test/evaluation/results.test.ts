import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { type BoxResult, type FilmResult, parseResults, resultsCsv } from '../../src/evaluation/index.js';
import { film, left, results, right } from './films.js';

const word = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !/[\r\n]/.test(text));
const score = fc.integer({ min: 0, max: 1e6 }).map((n) => n / 1e6);
const classes = ['opacity', 'a: b;c d', 'Knoten, 50 %'] as const;
const box = (truths: readonly string[]): fc.Arbitrary<BoxResult> =>
  fc
    .record({
      class: fc.constantFrom(...classes),
      score,
      overlaps: fc.uniqueArray(
        fc.record({
          truth: fc.integer({ min: 0, max: Math.max(0, truths.length - 1) }),
          iou: fc.integer({ min: 500, max: 1e4 }).map((n) => n / 1e4),
        }),
        {
          selector: ({ truth }) => truth,
          maxLength: truths.length,
        },
      ),
    })
    .map((each) => ({ ...each, overlaps: each.overlaps.filter(({ truth }) => truths[truth] === each.class) }));
const filmResult: fc.Arbitrary<FilmResult> = fc.array(fc.constantFrom(...classes), { maxLength: 4 }).chain((truths) =>
  fc
    .record({
      sha256: fc.constantFrom('', 'f'.repeat(64)),
      set: word,
      source: word,
      patient: fc.nat(),
      state: fc.constantFrom('analysed', 'broken-image'),
      appearance: fc.constantFrom(
        null,
        'negative' as const,
        'typical' as const,
        'indeterminate' as const,
        'atypical' as const,
      ),
      truths: fc.constant(truths),
      filmScore: score,
      attributes: fc.constantFrom(null, { typical: 0.71, indeterminate: 1e-6, 'odd; name': 0 }),
      boxes: fc.array(box(truths), { maxLength: 5 }).map((boxes) => boxes.sort((a, b) => b.score - a.score)),
    })
    .map((film) => ({ ...film, filmScore: Math.max(film.filmScore, film.boxes[0]?.score ?? 0) })),
);

t.test('results are read back as they were written, whatever the names in them', (t) => {
  fc.assert(
    fc.property(
      fc.array(filmResult, { minLength: 1, maxLength: 6 }),
      fc.array(word, { minLength: 1, maxLength: 3 }),
      (films, others) => {
        const given = results(films, { lesions: [...classes, ...others], attributes: others });
        const back = parseResults(resultsCsv(given));
        if (JSON.stringify(back) !== JSON.stringify(given)) throw new Error(resultsCsv(given));
      },
    ),
    { seed: 20_261_121, numRuns: 500 },
  );
  t.end();
});

t.test('the results of every shipped model are written back byte for byte', async (t) => {
  for (const model of await readdir('models')) {
    const text = await readFile(join('models', model, 'results.csv'), 'utf8');
    t.ok(resultsCsv(parseResults(text)) === text, model);
  }
});

t.test('a damaged results file is refused, naming the line', (t) => {
  const good = resultsCsv(results([film([left], [[0.9, left]]), film([], [])]));
  const lines = good.trimEnd().split('\n');
  const head = lines.length - 2;
  const with_ = (line: number, text: string) => lines.map((each, i) => (i === line ? text : each)).join('\n');
  t.throws(() => parseResults(lines.slice(0, -1).join('\n')), {
    message: 'has 1 films but should have 2: it was cut short or merged',
  });
  t.throws(() => parseResults('image,score\n'), { message: /it is not a results.csv/ });
  t.throws(() => parseResults(good.replace('# threshold: 0.5\n', '')), { message: 'the head lacks "# threshold:"' });
  t.throws(() => parseResults(good.replace('# threshold: 0.5', '# threshold: half')), {
    message: '"# threshold:" "half" is not a number',
  });
  t.throws(() => parseResults(good.replace('# results: 1', '# results: 2')), { message: /version 2/ });
  t.throws(() => parseResults(with_(head, (lines[head] ?? '').replace('0:1', '7:1'))), {
    message: `line ${head + 1}: a box overlaps true box 7, but the film has 1`,
  });
  t.throws(() => parseResults(with_(head, (lines[head] ?? '').replace('opacity:1', 'opacity:one'))), {
    message: `line ${head + 1}: "one" is not a number`,
  });
  t.throws(() => parseResults(with_(head, (lines[head] ?? '').replace('opacity:1', '%zz:1'))), {
    message: `line ${head + 1}: "%zz" is not a percent-encoded name`,
  });
  for (const count of ['5000000000', '2.5', '-1', '0']) {
    t.throws(() => parseResults(with_(head, (lines[head] ?? '').replace('opacity:1', `opacity:${count}`))), {
      message: `line ${head + 1}: "opacity:${count}" is not a count of true boxes`,
    });
  }
  t.throws(() => parseResults(with_(head + 1, `"${'a'.repeat(9)}`)), {
    message: `line ${head + 2}: a quote opened here is never closed`,
  });
  t.throws(() => parseResults(with_(head, 'a,b')), { message: `line ${head + 1}: has 2 cells instead of 10` });
  const row = lines[head] ?? '';
  for (const [from, to, message] of [
    ['opacity 0.9', 'opacity 1.9', '"1.9" is not a number from 0 to 1'],
    ['opacity 0.9', 'opacity -0.9', '"-0.9" is not a number from 0 to 1'],
    ['opacity 0.9', 'opacity 0x1', 'the film score is 0.9, but its best box scores 1'],
    ['0:1', '0:1.2', '"1.2" is not a number from 0 to 1'],
    ['0:1', '0:1 0:0.5', 'a box overlaps one true box twice'],
    [',0.9,', ', ,', '"" is not a number'],
    ['drawn,0,', 'drawn,0.5,', '"0.5" is not a patient number'],
    ['opacity:1', 'nodule:1', '"nodule" is not one of the lesions in the head: opacity'],
    ['opacity 0.9', 'nodule 0.9', '"nodule" is not one of the lesions in the head: opacity'],
  ] as const) {
    t.ok(row.includes(from), from);
    t.throws(
      () => parseResults(with_(head, row.replace(from, to))),
      { message: `line ${head + 1}: ${message}` },
      `${from} → ${to}`,
    );
  }
  const two = resultsCsv(
    results([film([left, right], [[0.9, left]], { truths: ['opacity', 'nodule'] })], {
      lesions: ['opacity', 'nodule'],
    }),
  );
  t.throws(() => parseResults(two.replace('0:1', '1:1')), {
    message: /a box of "opacity" overlaps true box 1 of another class, "nodule"/,
  });
  t.throws(() => parseResults(good.replace('# threshold: 0.5', '# threshold: 5')), {
    message: '"# threshold:" "5" is not a number from 0 to 1',
  });
  const swapped = resultsCsv(
    results([{ ...film([left], []), boxes: [0.1, 0.2].map((score) => ({ class: 'opacity', score, overlaps: [] })) }]),
  );
  t.throws(() => parseResults(swapped), { message: /boxes must be in order of score/ });
  t.end();
});
