import t from 'tap';
import { drawPatients, percentile, withIntervals } from '../../src/evaluation/measures/bootstrap.js';
import { filmFigures } from '../../src/evaluation/measures/filmFigures.js';
import { film, left } from './films.js';

t.test('the bootstrap draws patients with all of their films, identically for the same seed', (t) => {
  const patients = [7, 7, 3, 9, 3, 7];
  const draws = drawPatients(patients, { resamples: 200, seed: 5 });
  t.strictSame(draws, drawPatients(patients, { resamples: 200, seed: 5 }));
  t.notSame(draws, drawPatients(patients, { resamples: 200, seed: 6 }));
  for (const [a, b, c, d, e, f] of draws.map((weights) => [...weights])) {
    if (a !== b || a !== f || c !== e || a! + c! + d! !== 3)
      t.fail(`films of one patient were torn apart: ${[a, b, c, d, e, f].join(' ')}`);
  }
  const times = draws.map(([first]) => first!);
  t.ok(times.includes(0) && times.some((n) => n > 1), 'with replacement');
  // numpy.percentile([1, 2, 3, 4], 25) = 1.75
  t.equal(percentile(Float64Array.of(1, 2, 3, 4), 0.25), 1.75);
  t.end();
});

t.test('an interval is as wide as theory says', (t) => {
  // 400 films with one true box each, half of them found: the interval of a proportion, .5 ± 1.96 · √(.25 / 400) = ±
  // .049.
  const films = Array.from({ length: 400 }, (_, patient) => film([left], [], { patient, filmScore: patient % 2 }));
  const { sensitivity } = withIntervals(
    filmFigures(films, 0.5),
    films.length,
    drawPatients(
      films.map(({ patient }) => patient),
      { resamples: 1000, seed: 1 },
    ),
  );
  t.equal(sensitivity.value, 0.5);
  t.ok(
    Math.abs(sensitivity.low! - 0.451) < 0.01 && Math.abs(sensitivity.high! - 0.549) < 0.01,
    `${sensitivity.low} to ${sensitivity.high}`,
  );
  t.end();
});
