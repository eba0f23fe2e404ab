import { v7 as uuidv7 } from 'uuid';
import type { Principal } from '../../auth/index.js';
import { reportedFloor } from '../../detector/index.js';
import type { Analysis } from '../../engine/index.js';
import { ClaimLost, type DetectionEntry, type FilmReferences, timeOfId } from '../../log/index.js';
import type { RegisteredModel } from '../../registry/index.js';
import { type BuiltReport, buildReport } from '../../report/index.js';
import type { HttpContext } from '../dependencies.js';
import { Problem } from '../problems.js';
import { sha256Of, type Upload } from '../uploads/receive.js';

export interface Submission {
  readonly caller: Principal;
  readonly upload: Upload;
  readonly idempotencyKey?: string;
}

export interface SubmissionAnswer {
  readonly id: string;
  /** The very text that was committed. */
  readonly reportText: string;
  /** The first answer to this Idempotency-Key, once more. */
  readonly replayed: boolean;
}

/**
 * Has a film analysed and logs what came of it; resolves when the row is committed. A film that was tried in
 * vain has a row, too: the problem that is thrown then names it. Every other error means that there is none.
 */
export async function submitFilm(context: HttpContext, submission: Submission): Promise<SubmissionAnswer> {
  const model = modelOf(context, submission.upload.fields.model);
  if (submission.idempotencyKey === undefined) return analyseAndLog(context, submission, model);
  return onceForKey(context, submission, submission.idempotencyKey, (idempotency) =>
    analyseAndLog(context, submission, model, idempotency),
  );
}

type Idempotency = NonNullable<DetectionEntry['idempotency']>;

/** Claims the key, runs, and gives the claim back where no row closed it. */
async function onceForKey(
  { log, settings }: HttpContext,
  { caller, upload }: Submission,
  key: string,
  run: (idempotency: Idempotency) => Promise<SubmissionAnswer>,
): Promise<SubmissionAnswer> {
  // The boundary of a form differs each time, so the request is its film and its fields, not its body.
  const bodySha256 = sha256Of(JSON.stringify([sha256Of(upload.bytes), Object.entries(upload.fields).sort()]));
  // A process that died leaves its claim behind: it outlives the analysis, and not by much.
  const expiresInMs = settings.deadlineMs + 60_000;
  const claim = await log.claim({ submitter: caller.name, key, bodySha256, expiresInMs });
  switch (claim.outcome) {
    case 'answered':
      return { id: claim.detection.id, reportText: claim.detection.reportText, replayed: true };
    case 'running':
      throw new Problem('conflict', 'A request with this Idempotency-Key is being worked on.');
    case 'mismatch':
      throw new Problem('idempotency-mismatch', 'This Idempotency-Key was used for another film or other fields.');
    case 'claimed':
  }
  try {
    return await run({ key, bodySha256 });
  } catch (error) {
    // A problem that names its row has closed the claim in the row’s transaction; one that was lost is another’s now.
    const isOurs =
      !(error instanceof ClaimLost) && !(error instanceof Problem && error.members['detectionId'] !== undefined);
    if (isOurs) await log.release({ submitter: caller.name, key });
    throw error;
  }
}

async function analyseAndLog(
  context: HttpContext,
  { caller, upload }: Submission,
  model: RegisteredModel,
  idempotency?: Idempotency,
): Promise<SubmissionAnswer> {
  // The film is here: this moment is createdAt, and it is read back from the id so that both say the same.
  const id = uuidv7();
  const analysis = await context.engine.analyse({ bytes: upload.bytes, model: model.spec.name });
  const { model: _, ...references } = upload.fields;
  const built = buildReport(
    { id, createdAt: timeOfId(id), model, submitter: caller.name, ...externalIdOf(references) },
    analysis,
  );
  const reportText = JSON.stringify(built.report);
  await append(context, {
    ...built,
    reportText,
    candidateFloor: reportedFloor(model.spec),
    references,
    ...(idempotency === undefined ? {} : { idempotency }),
  });
  context.images.keep({ detectionId: id, bytes: upload.bytes, inverted: built.report.image?.preparation.inverted });
  observe(context, built, analysis);
  if (analysis.kind === 'failed') {
    throw new Problem(analysis.code, analysis.detail, {
      members: { detectionId: id },
      headers: { location: `/v1/detections/${id}` },
    });
  }
  return { id, reportText, replayed: false };
}

function modelOf({ registry }: HttpContext, name = registry.defaultModel): RegisteredModel {
  const model = registry.models.get(name);
  if (model === undefined)
    throw new Problem('unknown-model', 'No model of this name is loaded: GET /v1/models lists those that are.');
  return model;
}

function externalIdOf({ externalId }: FilmReferences): { externalId?: string } {
  return externalId === undefined ? {} : { externalId };
}

async function append({ log, metrics }: HttpContext, entry: DetectionEntry): Promise<void> {
  const stop = metrics.appendSeconds.startTimer();
  await log.append(entry);
  stop();
}

function observe({ metrics }: HttpContext, { report }: BuiltReport, analysis: Analysis): void {
  const { queueMs, decodeMs, inferMs, postMs } = analysis.timings;
  metrics.detections.inc({ state: report.state, model: report.model.name });
  metrics.queueSeconds.observe(queueMs / 1000);
  if (analysis.kind === 'refused-by-gate') metrics.failures.inc({ reason: analysis.code });
  if (analysis.kind === 'failed') return;
  metrics.decodeSeconds.observe(decodeMs / 1000);
  if (analysis.kind !== 'analysed') return;
  metrics.inferSeconds.observe(inferMs / 1000);
  metrics.postSeconds.observe(postMs / 1000);
  metrics.batchSize.observe(analysis.batchSize);
}
