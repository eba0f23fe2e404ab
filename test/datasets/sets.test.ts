import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import {
  type AnchorSize,
  boxOfEdges,
  cornerIou,
  findAnchors,
  inputSizeOf,
  meanBestIou,
  meets,
  parseCondition,
  readTable,
  readFilms,
  shuffled,
  splitByPatient,
  type SplitFilm,
  splitNames,
  statsOf,
  statsPage,
  statsSvg,
  writeFilms,
} from '../../src/datasets/index.js';
import { seededRandom } from '../../src/random.js';

const runs = { seed: 20261121, numRuns: 100 };

t.test('a patient is in one split only, and the same seed gives the same split in any order of the films', (t) => {
  const film = fc.tuple(
    fc.integer({ min: 0, max: 40 }),
    fc.constantFrom('a positive', 'a negative', 'b positive'),
    fc.option(fc.constantFrom(...splitNames), { freq: 9 }),
  );
  const shares = fc.constantFrom({ val: 0.1, test: 0.2 }, { val: 0.5, test: 0 }, { val: 0, test: 0 });
  fc.assert(
    fc.property(fc.array(film, { maxLength: 120 }), shares, fc.integer({ min: 0, max: 99 }), (drawn, wanted, seed) => {
      const fixed = new Map(drawn.flatMap(([patient, , split]) => (split === null ? [] : [[patient, split]])));
      const films = drawn.map(([patient, stratum], i): SplitFilm => {
        const kept = fixed.get(patient);
        return { image: `${i}.png`, patient: `p${patient}`, stratum, ...(kept === undefined ? {} : { fixed: kept }) };
      });
      const split = splitByPatient(films, wanted, seed);
      assert.equal(split.size, films.length, 'every film is in a split');
      const splits = new Map(films.map(({ patient, image }) => [patient, split.get(image)]));
      for (const each of films) {
        assert.equal(split.get(each.image), splits.get(each.patient));
        if (each.fixed !== undefined) assert.equal(split.get(each.image), each.fixed);
        else if (wanted.test === 0) assert.notEqual(split.get(each.image), 'test', 'nobody asked for a test split');
      }
      const again = splitByPatient(shuffled(films, seededRandom(seed)), wanted, seed);
      for (const { image } of films) assert.equal(again.get(image), split.get(image));
    }),
    runs,
  );
  t.throws(() => splitByPatient([], { val: 0.6, test: 0.4 }, 1), RangeError);
  t.end();
});

t.test('splits get their shares of films, of positives in each source, and of patients with many films', (t) => {
  const random = seededRandom(7);
  const films = Array.from({ length: 300 }, (_, patient) => {
    const own = 1 + Math.floor(4 * random() ** 2);
    return Array.from({ length: own }, (__, i): SplitFilm => ({
      image: `${patient}-${i}`,
      patient: String(patient),
      stratum: `${patient % 3 === 0 ? 'a' : 'b'} ${random() < 0.4 ? 'positive' : 'negative'}`,
    }));
  }).flat();
  const split = splitByPatient(films, { val: 0.1, test: 0.2 }, 1);
  for (const [name, share] of [
    ['train', 0.7],
    ['val', 0.1],
    ['test', 0.2],
  ] as const) {
    const own = films.filter(({ image }) => split.get(image) === name);
    t.ok(Math.abs(own.length - share * films.length) <= 4, `${name}: ${own.length} of ${films.length} films`);
    for (const stratum of new Set(films.map((film) => film.stratum))) {
      const [there, all] = [own, films].map((each) => each.filter((film) => film.stratum === stratum).length);
      t.ok(Math.abs(there! - share * all!) <= 3, `${name}: ${there} of ${all} ${stratum}`);
    }
    const filmsOfPatient = own.length / new Set(own.map(({ patient }) => patient)).size;
    t.ok(filmsOfPatient > 1.2, `${name}: ${filmsOfPatient} films a patient`);
  }
  t.not(
    JSON.stringify([...splitByPatient(films, { val: 0.1, test: 0.2 }, 2)]),
    JSON.stringify([...split]),
    'another seed, another split',
  );
  t.end();
});

t.test('anchors recover the sizes that the boxes were drawn from', (t) => {
  const made: AnchorSize[] = [
    [12, 20],
    [40, 30],
    [60, 90],
    [200, 110],
  ];
  const random = seededRandom(3);
  const boxes = made.flatMap(([width, height]) =>
    Array.from({ length: 50 }, (): AnchorSize => [width * (0.97 + 0.06 * random()), height * (0.97 + 0.06 * random())]),
  );
  const { sizes, meanBestIou: fit } = findAnchors(shuffled(boxes, random), { count: 4, seed: 1 });
  sizes.forEach((size, i) =>
    t.ok(cornerIou(size, made[i]!) > 0.97, `${size.join(' × ')} for ${made[i]!.join(' × ')}, by area`),
  );
  t.ok(fit > 0.95);
  t.ok(Math.abs(fit - meanBestIou(boxes, sizes)) < 1e-9, 'of the whole numbers that are printed');
  // 10 × 20 and 20 × 10 share 10 × 10 of 200 + 200 − 100
  t.equal(cornerIou([10, 20], [20, 10]), 1 / 3);
  t.throws(
    () =>
      findAnchors(
        [
          [1, 2],
          [1, 2],
        ],
        { count: 2, seed: 1 },
      ),
    /there are 1/,
  );
  // 800 × 400 in 416 × 416 shrinks by 416 / 800
  t.strictSame(
    inputSizeOf({ x: 5, y: 7, width: 100, height: 50 }, { width: 800, height: 400 }, { width: 416, height: 416 }),
    [52, 26],
  );
  const size = fc.tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 400 }));
  fc.assert(
    fc.property(
      fc.uniqueArray(size, { minLength: 6, maxLength: 40, selector: String }),
      fc.integer({ min: 1, max: 6 }),
      (drawn, count) => {
        const found = findAnchors(drawn, { count, seed: 5 });
        assert.equal(found.sizes.length, count);
        assert.ok(found.meanBestIou > 0 && found.meanBestIou <= 1);
        assert.deepEqual(findAnchors(drawn, { count, seed: 5 }), found);
      },
    ),
    { ...runs, numRuns: 40 },
  );
  t.end();
});

t.test('conditions on one column are alternatives; those on different columns must all hold', (t) => {
  const { rows } = readTable('finding,view\nCOVID-19,PA\nCOVID-19,L\nSARS,AP\nNo Finding,PA\n,PA\n', 'm.csv');
  const lines = (...conditions: string[]) =>
    rows
      .filter((row) =>
        meets(
          row,
          conditions.map((text) => parseCondition(text)!),
        ),
      )
      .map(({ line }) => line);
  t.strictSame(lines(), [2, 3, 4, 5, 6]);
  t.strictSame(lines('finding=COVID-19', 'finding=SARS', 'view!=L'), [2, 4]);
  t.strictSame(lines('finding!=COVID-19', 'finding!=SARS', 'view=PA'), [5, 6]);
  const levels = readTable(
    'finding\nPneumonia/Viral/COVID-19\nPneumonia/Viral/SARS\nPneumonia\nNot COVID-19\n',
    'm.csv',
  ).rows;
  const met = (text: string) => levels.filter((row) => meets(row, [parseCondition(text)!])).map(({ line }) => line);
  t.strictSame(met('finding=COVID-19'), [2], 'as covid-chestxray writes it since 2020');
  t.strictSame(met('finding=Pneumonia'), [4], 'a level is no name of all below it');
  t.strictSame(met('finding!=Viral/COVID-19'), [3, 4, 5]);
  t.strictSame(met('finding='), []);
  t.strictSame(lines('finding='), [6], 'the empty cell can be asked for');
  t.strictSame(parseCondition(' a b = c = d '), { column: 'a b', value: 'c = d', negated: false });
  t.equal(parseCondition('finding'), undefined);
  t.end();
});

t.test('films.csv keeps its columns when one is set, and duplicate rows are named', (t) => {
  const table = readFilms('image,note\r\na.png,"x, ""y"""\r\nb.png,\r\na.png,again\r\n,none\r\n', 'films.csv');
  t.match(table.faults, [
    { line: 4, code: 'duplicate', message: /line 2/ },
    { line: 5, code: 'bad-row' },
  ]);
  const written = writeFilms(table, { split: ({ image }) => (image === 'a.png' ? 'val' : 'train') });
  t.equal(written, 'image,note,split\na.png,"x, ""y""",val\nb.png,,train\n');
  t.equal(
    writeFilms(table, { patient: ({ image }) => (image === 'a.png' ? 'p1' : undefined) }),
    'image,note,patient\na.png,"x, ""y""",p1\n',
    'what has no value is left out',
  );
  t.equal(
    writeFilms(readFilms(written, 'again'), { split: () => 'test' }),
    written.replaceAll('val', 'test').replaceAll('train', 'test'),
  );
  t.end();
});

t.test('counts by split, source and label, on a self-contained page', (t) => {
  const film = (image: string, ...boxes: [string, number, number][]) => ({
    image,
    boxes: boxes.map(([label, width, height]) => ({ label, ...boxOfEdges(0, 0, width, height) })),
  });
  const size = { width: 100, height: 200 };
  const found = statsOf([
    { film: film('a', ['opacity', 10, 20], ['<lung>', 50, 100]), size, split: 'train', source: 'x', patient: '1' },
    { film: film('b'), size, split: 'train', source: 'x', patient: '1' },
    { film: film('c', ['opacity', 30, 60]), split: 'val', source: 'x', patient: '2' },
  ]);
  t.strictSame(found.groups, [
    { split: 'train', source: 'x', films: 2, positive: 1, boxes: 2, patients: 1 },
    { split: 'val', source: 'x', films: 1, positive: 1, boxes: 1, patients: 1 },
  ]);
  t.match(found.total, { films: 3, positive: 2, boxes: 3, patients: 2 });
  t.strictSame(found.labels, [
    { label: 'opacity', boxes: 2, films: 2 },
    { label: '<lung>', boxes: 1, films: 1 },
  ]);
  t.strictSame(found.boxesPerFilm, [1, 1, 1]);
  // Two boxes are on films of known size: .1 and .5 of the width
  t.strictSame(found.sides?.width, [0.1, 0.1, 0.1, 0.5, 0.5]);
  t.strictSame(found.sides?.aspect, [0.5, 0.5, 0.5, 0.5, 0.5]);
  const page = statsPage(found, 'a & b');
  t.match(page, '<title>a &amp; b</title>');
  t.match(page, '&lt;lung&gt;');
  t.notMatch(page, /<lung>|(?:src|href)=/, 'nothing is fetched, nothing from the file is markup');
  t.equal(statsSvg(found).match(/<circle/g)?.length, 2);
  t.equal(statsOf([]).sides, null);
  t.end();
});
