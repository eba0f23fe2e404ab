import { performance } from 'node:perf_hooks';
import { timeIds, timeOfId } from '../database/index.js';
import { reportedFloor } from '../detector/index.js';
import type { RegisteredModel } from '../registry/index.js';
import { buildReport } from '../report/index.js';
import { FilmNotAnalysed, SubmissionRefused } from './errors.js';
import { type Idempotency, onceForKey } from './once.js';
import { referencesOf } from './referencesOf.js';
import type { Submission, SubmissionAnswer, SubmissionContext } from './submission.js';

const newId = timeIds({
  onSetBack: (ms) => {
    process.emitWarning(`The clock was set back by ${Math.round(ms / 1000)} s, and createdAt with it.`);
  },
});

/**
 * The one path of a film, from any door: accept → analyse → log → keep → tell. Resolves once the row is committed.
 *
 * @throws SubmissionRefused, AnalysisRefused: the film was not accepted; there is no row.
 * @throws FilmNotAnalysed: the engine gave up on it; the error names its row.
 * @throws DatabaseUnavailable, ClaimLost, UnstorableText: nothing was logged, so nothing may be answered.
 *
 * @example
 * const { id, reportText } = await submitFilm(context, { submitter: 'ris', bytes, references: {} });
 */
export async function submitFilm(context: SubmissionContext, submission: Submission): Promise<SubmissionAnswer> {
  const model = modelOf(context, submission.model);
  const { idempotencyKey } = submission;
  if (idempotencyKey === undefined) return analyseAndLog(context, submission, model);
  return onceForKey(context.log, submission, idempotencyKey, (idempotency) =>
    analyseAndLog(context, submission, model, idempotency),
  );
}

async function analyseAndLog(
  { engine, log, films, onLogged }: SubmissionContext,
  submission: Submission,
  model: RegisteredModel,
  idempotency?: Idempotency,
): Promise<SubmissionAnswer> {
  const { submitter, bytes } = submission;
  // The film has arrived: this moment is createdAt. It is read back from the id, so that the two agree.
  const id = newId();
  const analysis = await engine.analyse({ bytes, model: model.spec.name });
  const references = referencesOf(submission.references, analysis.identifiers);
  const { externalId } = submission.references;
  const identity = {
    id,
    createdAt: timeOfId(id),
    model,
    submitter,
    ...(externalId === undefined ? {} : { externalId }),
  };
  const built = buildReport(identity, analysis);
  const reportText = JSON.stringify(built.report);
  const beganAt = performance.now();
  await log.append({
    ...built,
    reportText,
    candidateFloor: reportedFloor(model.spec),
    references,
    ...(idempotency === undefined ? {} : { idempotency }),
  });
  const appendMs = performance.now() - beganAt;
  films.keep({ detectionId: id, bytes, inverted: built.report.image?.preparation.inverted });
  onLogged?.({ report: built.report, analysis, appendMs });
  if (analysis.kind === 'failed') throw new FilmNotAnalysed(analysis.code, analysis.detail, id);
  return { id, reportText, replayed: false };
}

function modelOf({ registry }: SubmissionContext, name = registry.defaultModel): RegisteredModel {
  const model = registry.models.get(name);
  if (model === undefined)
    throw new SubmissionRefused('unknown-model', 'No model of this name is loaded: see GET /v1/models.');
  return model;
}
