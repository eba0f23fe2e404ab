import type { Report, ReportedBox } from '../report/index.js';
import type { Statistics, StatisticsFilter } from './statistics.js';

/** What points to a patient. Kept apart from the rows so that it can be erased. */
export interface FilmReferences {
  readonly patientRef?: string;
  readonly accessionNumber?: string;
  readonly studyInstanceUid?: string;
  readonly sopInstanceUid?: string;
  readonly externalId?: string;
}

/** One answer, ready for the log. */
export interface DetectionEntry {
  readonly report: Report;
  /** The report exactly as it will be answered: `JSON.stringify(report)`. */
  readonly reportText: string;
  /** Every candidate at or above the model’s floor, reported ones first. */
  readonly candidates: readonly ReportedBox[];
  /** Raw-score floor above which `candidates` is complete. */
  readonly candidateFloor: number;
  readonly references: FilmReferences;
  /** Closes the claim that was made for this request, in the same transaction. */
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
  /** Of the uploaded bytes. */
  readonly sha256?: string;
  readonly reviewed?: boolean;
}

export interface AuditEvent {
  /** Problem code or action, e.g. `unsupported-image`, `login-failed`, `token-revoked`. */
  readonly code: string;
  readonly actor: string | null;
  readonly requestId: string | null;
  readonly sizeBytes?: number;
  readonly sha256?: string;
  readonly detail?: string;
}

/** Who does something that goes on record, and in which request. */
export type Actor = Pick<AuditEvent, 'actor' | 'requestId'>;

export type IdempotencyClaim =
  | { readonly outcome: 'claimed' }
  | { readonly outcome: 'answered'; readonly detection: LoggedDetection }
  | { readonly outcome: 'running' }
  | { readonly outcome: 'mismatch' };

export interface ChainFault {
  readonly id: string;
  readonly problem: string;
}

/** The detection log, on Postgres or PGlite. Every method throws LogUnavailable when the database is away. */
export interface DetectionLog {
  /** Resolves after COMMIT, and only then. */
  append(entry: DetectionEntry): Promise<void>;
  find(id: string, filter?: Pick<DetectionFilter, 'submitter'>): Promise<LoggedDetection | undefined>;
  /** Newest first, rows with an id below `before`. */
  list(
    filter: DetectionFilter,
    page: { readonly limit: number; readonly before?: string },
  ): Promise<readonly LoggedDetection[]>;
  /** Earlier rows with the submitter and the patientRef of this one, newest first, at most 50; none where it has no patientRef. */
  priors(id: string): Promise<readonly LoggedDetection[]>;
  /** Rows behind a link of the chain, in the order in which they were committed: none ever comes before one that was read. */
  following(seq: number, limit: number): Promise<readonly FollowingDetection[]>;
  /** The last link of the chain. */
  lastSeq(): Promise<number>;
  statistics(filter: StatisticsFilter): Promise<Statistics>;
  /** Newest first, without holding them all in memory. */
  stream(filter: DetectionFilter): AsyncIterable<LoggedDetection>;
  /** Claims a key for a submitter, across replicas. A claim whose process died is free again after `expiresInMs`. */
  claim(request: {
    readonly submitter: string;
    readonly key: string;
    readonly bodySha256: string;
    readonly expiresInMs: number;
  }): Promise<IdempotencyClaim>;
  /** Gives back a claim that came to no row. */
  release(request: { readonly submitter: string; readonly key: string }): Promise<void>;
  /** Remembers a spec by its hash; throws ModelConflict when name and version are known with another hash. */
  rememberModel(model: {
    readonly name: string;
    readonly version: string;
    readonly specSha256: string;
    readonly onnxSha256: string;
    readonly specText: string;
  }): Promise<void>;
  audit(event: AuditEvent): Promise<void>;
  /** Rewalks the chain: every row’s report against its hash, its projections, and the row before it. */
  verify(): Promise<{ readonly rows: number; readonly faults: readonly ChainFault[] }>;
  /** Erases what points to a patient from the rows chosen; their reports stay, without `externalId`. */
  eraseReferences(
    filter: Pick<FilmReferences, 'patientRef' | 'externalId' | 'accessionNumber'> & { readonly id?: string },
    actor: string,
  ): Promise<number>;
  /** Throws LogUnavailable unless a write would be committed now. */
  ping(): Promise<void>;
}

/** The database is away, or refuses: nothing was logged, so nothing may be answered. */
export class LogUnavailable extends Error {
  override readonly name = 'LogUnavailable';
}

/** Text that no Postgres can hold (U+0000, unpaired surrogates): the sender's mistake, and nothing was logged. */
export class UnstorableText extends Error {
  override readonly name = 'UnstorableText';
}

/** Another request has answered this idempotency key in the meantime: its report is the one to answer (`claim` again). */
export class ClaimLost extends Error {
  override readonly name = 'ClaimLost';
}

export class ModelConflict extends Error {
  override readonly name = 'ModelConflict';
}
