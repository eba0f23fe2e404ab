import { join } from 'node:path';
import t from 'tap';
import { evaluateCommand } from '../../src/cli/evaluate/command.js';
import { type Comparison, type Explanation, resultsCsv } from '../../src/evaluation/index.js';
import { film, type Place, results } from '../evaluation/films.js';
import { outcomeOf } from './runCommand.js';

const evaluate = (...args: string[]) => outcomeOf(evaluateCommand(), args);

const lesion: Place = [0, 0, 100, 100];
const loose: Place = [0, 0, 45, 100];
const films = (place: Place) =>
  Array.from({ length: 20 }, (_, patient) =>
    film(patient % 2 === 0 ? [lesion] : [], patient % 2 === 0 ? [[0.9 - patient / 100, place]] : [], {
      patient,
      sha256: `film ${patient}`,
      set: patient < 10 ? 'first' : 'second',
    }),
  );

t.test('two results files are compared, as a table and as JSON', async (t) => {
  const folder = t.testdir({
    'a.csv': resultsCsv(results(films(loose))),
    'b.csv': resultsCsv(results(films(lesion), { version: '2.0.0' })),
    'more.csv': resultsCsv(results([...films(lesion), film([], [], { sha256: 'more' })])),
    'bad.csv': 'image,score\n',
  });
  const [a, b] = [join(folder, 'a.csv'), join(folder, 'b.csv')];
  const { code, out, err } = await evaluate('--compare', a, b, '--resamples', '50');
  t.equal(code, 0, err);
  t.match(
    out,
    /^A {2}drawn 1\.0\.0, .*a\.csv\nB {2}drawn 2\.0\.0, .*b\.csv\n20 films of 20 patients, 10 with a true box/,
  );
  t.match(out, /^AP \.4 +1\.000 +1\.000 +\+\.000 \[\+\.000, \+\.000\]$/m);
  t.match(out, /^AP \.5 +\.000 +1\.000 +\+1\.000 \[\+1\.000, \+1\.000\] \*$/m, 'boxes of IoU .45 count at .4 only');
  t.match(out, /^second +5\/5 +\+\.000/m);

  const json = JSON.parse((await evaluate('--compare', a, b, '--resamples', '50', '--json')).out) as Comparison;
  t.match(json, { schemaVersion: 1, b: { model: { version: '2.0.0' } }, bootstrap: { resamples: 50 } });
  t.strictSame(
    json.groups.map(({ name, difference }) => [name, difference.ap50.value]),
    [
      ['all', 1],
      ['first', 1],
      ['second', 1],
    ],
  );

  const refused = async (message: RegExp, ...args: string[]) => {
    const outcome = await evaluate(...args);
    t.match([outcome.code, outcome.err], [2, message]);
  };
  const more = join(folder, 'more.csv');
  await refused(/only B has one film \(1 of drawn\), such as more \(--shared-films/, '--compare', a, more);
  const shared = await evaluate('--compare', a, more, '--shared-films', '--resamples', '5');
  t.match([shared.code, shared.err], [0, /left out: 0 films that only A has, 1 that only B has/]);
  await refused(/takes two files/, '--compare', a);
  await refused(/bad\.csv: .*not a results\.csv/, '--compare', a, join(folder, 'bad.csv'));
  await refused(/none\.csv/, '--compare', a, join(folder, 'none.csv'));
  await refused(/cannot be used with/, '--compare', a, b, '--out', folder);
});

t.test('what the average precision lacks is explained, as a table and as JSON', async (t) => {
  const folder = t.testdir({ 'a.csv': resultsCsv(results(films(loose))) });
  const a = join(folder, 'a.csv');
  const { code, out, err } = await evaluate('--explain', a, '--resamples', '50');
  t.equal(code, 0, err);
  t.match(out, /^as measured +1\.000 +\.000$/m);
  t.match(out, /^edges: .* 1\.000 +\+\.000 \[\+\.000, \+\.000\] +1\.000 +\+1\.000 \[\+1\.000, \+1\.000\] \*$/m);
  // Of ten boxes, those of the first five films with a lesion reach the operating point of .5; so do the others.
  t.match(out, /^ {2}near a lesion, misplaced +0 +10$/m);
  t.match(out, /does not say which edge of a box is wrong/);
  const json = JSON.parse((await evaluate('--explain', a, '--resamples', '50', '--json')).out) as Explanation;
  t.match(json.groups[0], { name: 'all', films: 20, truths: 10, ap50: { forgiven: { edges: 1, background: 0 } } });
  const outcome = await evaluate('--explain', a, '--results', a);
  t.match([outcome.code, outcome.err], [2, /cannot be used with/]);
});
