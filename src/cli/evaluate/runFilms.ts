import { readConfig } from '../../config.js';
import { calibrate } from '../../detector/index.js';
import { boxResults, type EvaluationResults, type FilmResult } from '../../evaluation/index.js';
import type { RegisteredModel } from '../../registry/index.js';
import { lesionClasses, type Report, type ReportedBox } from '../../report/index.js';
import { type AnalysedFile, analyseFiles } from '../detect/analyseFiles.js';
import { engineFor } from '../detect/engine.js';
import { sha256OfFile } from '../../sha256OfFile.js';
import { withProgress } from '../progress.js';
import type { AnnotatedSet, EvaluationFilm } from './annotatedSet.js';

/**
 * Boxes that results keep: raw scores from `floor` up, at most this many per film. On the pilot's 274 validation films
 * of cxr-opacity and cxr-opacity-299, a floor of 1e-5 changes no AP by more than .0015; one of .01 would cost .007 of
 * the AP at IoU .4.
 */
const kept = { floor: 0.001, maximumPerFilm: 100 } as const;

/** Nobody is waiting: on a busy machine, a late film must not count as one without findings. */
const patience = { startTimeoutMs: 900_000, deadlineMs: 900_000 };

export interface RunChoices {
  readonly split: string | undefined;
  readonly command: string;
}

export interface EvaluatedFilm {
  readonly film: EvaluationFilm;
  readonly result: FilmResult;
  /** In the order of the result's boxes. */
  readonly detections: readonly Omit<ReportedBox, 'id'>[];
  /** `preparation.inverted` of its report: a picture of it shows what the network saw. */
  readonly inverted: boolean | undefined;
}

export interface FilmRun {
  readonly results: EvaluationResults;
  /** With the positions of boxes, for pictures; results.csv has none. */
  readonly films: readonly EvaluatedFilm[];
  /** Films that were not analysed, with the reason. */
  readonly failures: readonly string[];
}

/** Runs every film through the service's own pipeline, and compares its boxes with the true ones. */
export async function runFilms(
  sets: readonly AnnotatedSet[],
  model: RegisteredModel,
  choices: RunChoices,
): Promise<FilmRun> {
  const config = readConfig({ ...process.env, NODE_ENV: '' });
  const queue = sets.flatMap((set) => set.films.map((film) => ({ set: set.name, film })));
  const files = queue.map(({ film }, index) => ({ path: film.path, name: String(index) }));
  const patientOf = patientNumbers();
  const films: EvaluatedFilm[] = [];
  const failures: string[] = [];
  let provider = 'none';
  const engine = await engineFor(model, config, patience);
  try {
    const floor = calibrate(kept.floor, model.spec.calibration);
    for await (const { film: file, report } of withProgress<AnalysedFile>(
      analyseFiles(files, engine, model, floor),
      files.length,
    )) {
      const place = queue[Number(file.name)];
      if (place === undefined) throw new Error(`there is no film ${file.name}`);
      const { film, set } = place;
      if (report.state === 'not-analysed')
        failures.push(`${film.path}: ${report.reason.code}: ${report.reason.detail}`);
      provider = report.provider ?? provider;
      const detections = report.state === 'not-analysed' ? [] : report.detections.slice(0, kept.maximumPerFilm);
      const result: FilmResult = {
        // Empty if the file can't be read: then the film has failed for that reason.
        sha256: report.image?.sha256 ?? (await sha256OfFile(film.path).catch(() => '')),
        set,
        source: film.source,
        patient: patientOf(film.patient),
        state: report.state === 'not-analysed' ? report.reason.code : 'analysed',
        appearance: film.appearance,
        truths: film.truths.map((truth) => truth.class),
        filmScore: report.state === 'not-analysed' ? 0 : report.filmScore,
        attributes: attributesOf(report),
        boxes: boxResults(detections, film.truths),
      };
      films.push({ film, result, detections, inverted: report.image?.preparation.inverted });
    }
  } finally {
    await engine.close();
  }
  return {
    results: { run: runOf(model, provider, choices), films: films.map(({ result }) => result) },
    films,
    failures,
  };
}

function runOf(
  { spec, specSha256 }: RegisteredModel,
  provider: string,
  { split, command }: RunChoices,
): EvaluationResults['run'] {
  return {
    model: {
      name: spec.name,
      version: spec.version,
      specSha256,
      onnxSha256: spec.onnxSha256,
      threshold: spec.threshold.score,
      calibrated: spec.calibration !== null,
      lesions: lesionClasses(spec),
      attributes: spec.classes.flatMap(({ name, role }) => (role === 'attribute' ? [name] : [])),
    },
    kept,
    provider,
    split: split ?? null,
    command,
    createdAt: new Date().toISOString(),
  };
}

function attributesOf(report: Report): FilmResult['attributes'] {
  if (report.state === 'not-analysed' || report.attributes === null || Object.keys(report.attributes).length === 0)
    return null;
  return report.attributes;
}

/** Numbers in order of first appearance; a film of an unknown patient gets its own. */
function patientNumbers(): (patient: string | undefined) => number {
  const numbers = new Map<string, number>();
  let next = 0;
  return (patient) => {
    if (patient === undefined) return next++;
    const known = numbers.get(patient);
    if (known !== undefined) return known;
    numbers.set(patient, next);
    return next++;
  };
}
