import { decoded, type Fail, list, numberIn, pair, shareIn } from './cells.js';
import { type Appearance, appearances, type BoxResult, type FilmResult } from './results.js';
import { columns } from './writeResults.js';

/** A row of results.csv; `fail` throws. */
export function parseFilm(cells: readonly string[], lesions: readonly string[], fail: Fail): FilmResult {
  if (cells.length !== columns.length) fail(`has ${cells.length} cells instead of ${columns.length}`);
  const [sha256 = '', set = '', source = '', patient = '', state = '', ...more] = cells;
  const [appearance = '', truthCounts = '', filmScore = '', attributes = '', boxTexts = ''] = more;
  const truths = list(truthCounts).flatMap((item) => parseTruths(item, lesions, fail));
  const boxes = list(boxTexts).map((item) => parseBox(item, truths, lesions, fail));
  if (boxes.some(({ score }, i) => score > (boxes[i - 1]?.score ?? Infinity)))
    fail('boxes must be in order of score, best first');
  const score = shareIn(filmScore, fail);
  const best = boxes[0]?.score ?? 0;
  if (score < best) fail(`the film score is ${score}, but its best box scores ${best}`);
  return {
    sha256,
    set,
    source,
    patient: parsePatient(patient, fail),
    state,
    appearance: parseAppearance(appearance, fail),
    truths,
    filmScore: score,
    attributes: parseAttributes(attributes, fail),
    boxes,
  };
}

function parsePatient(text: string, fail: Fail): number {
  const patient = numberIn(text, fail);
  return Number.isInteger(patient) && patient >= 0 ? patient : fail(`"${text}" is not a patient number`);
}

function parseAppearance(text: string, fail: Fail): Appearance | null {
  if (text === '') return null;
  return appearances.find((name) => name === text) ?? fail(`"${text}" is not an appearance: ${appearances.join(', ')}`);
}

function parseAttributes(cell: string, fail: Fail): FilmResult['attributes'] {
  if (cell === '') return null;
  return Object.fromEntries(
    list(cell)
      .map((item) => pair(item, fail, shareIn))
      .map(({ name, value }) => [name, value]),
  );
}

/** More on one film is a typo, which must not fill the memory. */
const mostTruths = 10_000;

function parseTruths(item: string, lesions: readonly string[], fail: Fail): string[] {
  const { name, value } = pair(item, fail);
  if (!Number.isInteger(value) || value < 1 || value > mostTruths) fail(`"${item}" is not a count of true boxes`);
  assertLesion(name, lesions, fail);
  return Array.from({ length: value }, () => name);
}

function parseBox(text: string, truths: readonly string[], lesions: readonly string[], fail: Fail): BoxResult {
  const [encodedName = '', score = '', ...parts] = text.split(' ');
  const name = decoded(encodedName, fail);
  assertLesion(name, lesions, fail);
  const overlaps = parts.map((part) => {
    const { name: place, value: iou } = pair(part, fail, shareIn);
    const truth = numberIn(place, fail);
    if (!Number.isInteger(truth) || truth < 0 || truth >= truths.length)
      fail(`a box overlaps true box ${place}, but the film has ${truths.length}`);
    if (truths[truth] !== name)
      fail(`a box of "${name}" overlaps true box ${place} of another class, "${String(truths[truth])}"`);
    return { truth, iou };
  });
  if (new Set(overlaps.map(({ truth }) => truth)).size < overlaps.length) fail('a box overlaps one true box twice');
  return { class: name, score: shareIn(score, fail), overlaps };
}

/** Figures by class would leave out a box of another class, though its film counts it. */
function assertLesion(name: string, lesions: readonly string[], fail: Fail): void {
  if (!lesions.includes(name)) fail(`"${name}" is not one of the lesions in the head: ${lesions.join(', ')}`);
}
