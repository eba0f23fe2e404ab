import type { Report, ReportedBox } from '../report/index.js';

/** What identifies the patient and the film. Kept apart from the rows so that it can be erased. */
export interface FilmReferences {
  readonly patientRef?: string;
  readonly accessionNumber?: string;
  readonly studyInstanceUid?: string;
  readonly seriesInstanceUid?: string;
  readonly sopInstanceUid?: string;
  readonly externalId?: string;
  /** Day the film was taken, YYYY-MM-DD. */
  readonly studyDate?: string;
  /** The sender's own words for the film. */
  readonly label?: string;
}

/** One answer, ready for the log. */
export interface DetectionEntry {
  readonly report: Report;
  /** The report exactly as it will be sent: `JSON.stringify(report)`. */
  readonly reportText: string;
  /** Every candidate at or above the model's floor, reported ones first. */
  readonly candidates: readonly ReportedBox[];
  /** Raw-score floor above which `candidates` is complete. */
  readonly candidateFloor: number;
  readonly references: FilmReferences;
  /** Closes the claim of this request, in the same transaction. */
  readonly idempotency?: { readonly key: string; readonly bodySha256: string };
}

/** A row as it was logged. */
export interface LoggedDetection {
  readonly id: string;
  readonly report: Report;
  readonly reportText: string;
  readonly candidates: readonly ReportedBox[];
  readonly candidateFloor: number;
}

/** A row with its place in the chain. */
export interface FollowingDetection extends LoggedDetection {
  readonly seq: number;
}

export interface DetectionFilter {
  readonly state?: Report['state'];
  readonly model?: string;
  /** Films with at least one reported box of this class. */
  readonly class?: string;
  readonly minFilmScore?: number;
  /** from ≤ createdAt < to */
  readonly from?: Date;
  readonly to?: Date;
  readonly submitter?: string;
  readonly externalId?: string;
  readonly patientRef?: string;
  readonly accessionNumber?: string;
  /** SHA-256 of the uploaded bytes. */
  readonly sha256?: string;
  /** Whether there is a review of the film. */
  readonly reviewed?: boolean;
}

/** A submitter's request under an Idempotency-Key. */
export interface ClaimRequest {
  readonly submitter: string;
  readonly key: string;
  readonly bodySha256: string;
  /** After this time without renewal the claim is free: its process has died. */
  readonly expiresInMs: number;
}

export type IdempotencyClaim =
  | { readonly outcome: 'claimed' }
  | { readonly outcome: 'answered'; readonly detection: LoggedDetection }
  | {
      readonly outcome: 'running';
      /** Time until the claim is free, unless it is renewed. */
      readonly freeInMs: number;
    }
  | { readonly outcome: 'mismatch' };

export interface ChainFault {
  readonly id: string;
  readonly problem: string;
}

/**
 * Another request has answered this idempotency key meanwhile: answer with its report (call `claim` again).
 */
export class ClaimLost extends Error {
  override readonly name = 'ClaimLost';
}

/** This name and version is already known with another spec. */
export class ModelConflict extends Error {
  override readonly name = 'ModelConflict';
}
