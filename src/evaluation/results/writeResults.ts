import { csvLine } from '../../csv/index.js';
import type { BoxResult, EvaluationResults, FilmResult } from './results.js';

export const columns = [
  'sha256',
  'set',
  'source',
  'patient',
  'state',
  'appearance',
  'truths',
  'film_score',
  'attributes',
  'boxes',
] as const;

/**
 * Results as CSV: lines of `# key: value` about the run, then one row per film. Cells hold lists:
 *
 *     truths       opacity:2                          class:number
 *     attributes   typical:0.71;atypical:0.03         name:probability, of the best box
 *     boxes        opacity 0.93 0:0.812345 1:0.071203;…   class, score, truth:IoU for each true box that it overlaps
 *
 * `parseResults` gives back the same results: figures are always computed from what was written.
 */
export function resultsCsv({ run, films }: EvaluationResults): string {
  const { model, kept } = run;
  const head = {
    results: 1,
    model: model.name,
    version: model.version,
    specSha256: model.specSha256,
    onnxSha256: model.onnxSha256,
    threshold: model.threshold,
    calibrated: model.calibrated,
    lesions: model.lesions.map(encoded).join(' '),
    attributes: model.attributes.map(encoded).join(' '),
    floor: kept.floor,
    maximumPerFilm: kept.maximumPerFilm,
    provider: run.provider,
    split: run.split ?? '',
    createdAt: run.createdAt,
    command: run.command.replace(/\s+/g, ' '),
    films: films.length,
  };
  const lines = Object.entries(head).map(([key, value]) => `# ${key}: ${String(value)}\n`);
  return [...lines, csvLine(columns), ...films.map(filmRow)].join('');
}

function filmRow(film: FilmResult): string {
  return csvLine([
    film.sha256,
    oneLine(film.set),
    oneLine(film.source),
    film.patient,
    oneLine(film.state),
    film.appearance,
    truthCounts(film.truths),
    film.filmScore,
    Object.entries(film.attributes ?? {})
      .map(([name, value]) => `${encoded(name)}:${value}`)
      .join(';'),
    film.boxes.map(boxText).join(';'),
  ]);
}

/** Runs of one class: their order is kept, since overlaps count by it. */
function truthCounts(truths: readonly string[]): string {
  const runs: { name: string; times: number }[] = [];
  for (const name of truths) {
    const last = runs.at(-1);
    if (last?.name === name) last.times++;
    else runs.push({ name, times: 1 });
  }
  return runs.map(({ name, times }) => `${encoded(name)}:${times}`).join(';');
}

function boxText({ class: name, score, overlaps }: BoxResult): string {
  return [encoded(name), score, ...overlaps.map(({ truth, iou }) => `${truth}:${iou}`)].join(' ');
}

/** Class names are free text: characters that mean structure here are percent-encoded. */
function encoded(name: string): string {
  return encodeURIComponent(name);
}

/** A film is one line of the file, whatever its source is called. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ');
}
