import type { ColumnType, Generated, GeneratedAlways } from 'kysely';

/** The columns as created by migrations/. Both back ends give int8 as number and bytea as Uint8Array. */
export interface Tables {
  detections: DetectionsTable;
  detection_boxes: DetectionBoxesTable;
  film_references: FilmReferencesTable;
  idempotency_keys: IdempotencyKeysTable;
  models: ModelsTable;
  chain_head: ChainHeadTable;
  heartbeat: HeartbeatTable;
  users: UsersTable;
  tokens: TokensTable;
  audit_events: AuditEventsTable;
  sessions: SessionsTable;
  site_settings: SiteSettingsTable;
  kept_films: KeptFilmsTable;
  database_identity: DatabaseIdentityTable;
  film_tallies: FilmTalliesTable;
  login_attempts: LoginAttemptsTable;
  trial_rows: TrialRowsTable;
  listed_films: ListedFilmsTable;
  log_tree: LogTreeTable;
  log_leaves: LogLeavesTable;
  log_tiles: LogTilesTable;
  log_checkpoints: LogCheckpointsTable;
  untaken_events: UntakenEventsTable;
  reviews: ReviewsTable;
}

/** jsonb: written as JSON text, parsed by the driver when read. */
type Json = ColumnType<unknown, string, string>;
/** Written by value or by the database's clock, always with a time zone. */
type Time = Date;

export interface DetectionsTable {
  id: string;
  created_at: Time;
  state: 'findings' | 'below-threshold' | 'not-analysed';
  reason_code: string | null;
  model_name: string;
  model_version: string;
  spec_sha256: string;
  provider: string | null;
  submitter: string;
  image_sha256: string | null;
  threshold: number | null;
  film_score: number | null;
  report: string;
  candidates: Json;
  candidate_floor: number;
  /** Always null: `reviews` says what is reviewed. */
  reviewed_at: Time | null;
  seq: number;
  previous_hash: Uint8Array;
  hash: Uint8Array;
  /** Salted digests of the references and of the idempotency key (src/log/seal.ts); null in rows older than 0008. */
  references_digest: Generated<Uint8Array | null>;
  key_digest: Generated<Uint8Array | null>;
  references_erased_at: Generated<Time | null>;
}

export interface DetectionBoxesTable {
  id: string;
  detection_id: string;
  class: string;
  score: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface FilmReferencesTable {
  detection_id: string;
  patient_ref: string | null;
  accession_number: string | null;
  study_instance_uid: string | null;
  series_instance_uid: Generated<string | null>;
  sop_instance_uid: string | null;
  external_id: string | null;
  /** YYYY-MM-DD */
  study_date: Generated<string | null>;
  label: Generated<string | null>;
  salt: Generated<Uint8Array | null>;
}

export interface IdempotencyKeysTable {
  submitter: string;
  key: string;
  body_sha256: string;
  expires_at: Time;
  detection_id: string | null;
  salt: Generated<Uint8Array | null>;
}

export interface ModelsTable {
  spec_sha256: string;
  name: string;
  version: string;
  onnx_sha256: string;
  spec: string;
  first_seen: Generated<Time>;
}

export interface ChainHeadTable {
  only_row: GeneratedAlways<boolean>;
  seq: number;
  previous_hash: Uint8Array;
  hash: Uint8Array;
}

export interface HeartbeatTable {
  only_row: GeneratedAlways<boolean>;
  at: Time;
}

export interface UsersTable {
  name: string;
  role: 'submitter' | 'radiologist' | 'operator';
  password_hash: string;
  created_at: Generated<Time>;
  disabled_at: Time | null;
  /** Requested by the person and not yet approved by an operator; such an account is also disabled. */
  awaiting_since: Generated<Time | null>;
  last_seen_at: Generated<Time | null>;
}

export interface TokensTable {
  jti: string;
  subject: string;
  role: 'submitter' | 'radiologist' | 'operator';
  label: string | null;
  user_name: string | null;
  issued_at: Time;
  expires_at: Time;
  revoked_at: Time | null;
  last_used_at: Generated<Time | null>;
}

export interface AuditEventsTable {
  id: Generated<number>;
  at: Generated<Time>;
  code: string;
  actor: string | null;
  request_id: string | null;
  size_bytes: number | null;
  sha256: string | null;
  detail: string | null;
  /** Address of the caller, if there was one. */
  address: Generated<string | null>;
}

export interface SessionsTable {
  /** SHA-256 of the cookie's secret, hex: reading the database is not enough to take over a session. */
  secret_sha256: string;
  user_name: string;
  created_at: Time;
  last_used_at: Time;
  /** Extended by use, up to ends_at. */
  expires_at: Time;
  ends_at: Time;
  revoked_at: Time | null;
}

export interface SiteSettingsTable {
  only_row: GeneratedAlways<boolean>;
  sign_up: boolean;
}

export interface LoginAttemptsTable {
  /** Digest of whose attempts are counted, hex. */
  subject: string;
  attempts: number;
  ends_at: Time;
}

/** Emptied and filled by readiness checks. */
export interface TrialRowsTable {
  filler: string;
}

/** Copied by `db copy`: the copy is the same database in another place. */
export interface DatabaseIdentityTable {
  only_row: GeneratedAlways<boolean>;
  id: Generated<string>;
}

/** Either `failure` says why the film was not kept, or all other columns are set. */
export interface KeptFilmsTable {
  detection_id: string;
  recorded_at: Generated<Time>;
  failure: string | null;
  /** Address in the image store. */
  pixels_sha256: string | null;
  width: number | null;
  height: number | null;
  bits: number | null;
  channels: number | null;
  /** Grey levels to show as black and white. */
  window_low: number | null;
  window_high: number | null;
  size_bytes: number | null;
  expires_at: Time | null;
  deleted_at: Time | null;
}

/** Sums of one day (UTC), model and submitter, maintained by a trigger (migrations/0007_film_tallies.ts). Read-only. */
export interface FilmTalliesTable {
  day: ColumnType<unknown, never, never>;
  model_name: string;
  model_version: string;
  submitter: string;
  findings: number;
  below_threshold: number;
  not_analysed: number;
  reasons: Json;
  scores: Json;
  latencies: Json;
}

/**
 * Every film under the class '', and under each class of its boxes; maintained by a trigger
 * (migrations/0011_listed_films.ts). Read-only.
 */
export interface ListedFilmsTable {
  state: DetectionsTable['state'];
  class: string;
  detection_id: string;
  submitter: string;
  model_name: string;
  film_score: number | null;
  /** All boxes of the film, of any class. */
  box_count: number | null;
}

/** How many leaves the Merkle tree has, and the last link of the chain among them. */
export interface LogTreeTable {
  only_row: GeneratedAlways<boolean>;
  size: number;
  taken_seq: number;
}

/** What stands at each position of the tree: a detection or an audit event. */
export interface LogLeavesTable {
  position: number;
  detection_id: string | null;
  event_id: number | null;
  /** Of audit events, which could be guessed from the hash of their leaf otherwise. */
  salt: Uint8Array | null;
}

/** The tree's hashes, 256 to a tile (src/log/tree/tiles.ts). */
export interface LogTilesTable {
  level: number;
  tile: number;
  hashes: Uint8Array;
}

export interface LogCheckpointsTable {
  size: number;
  /** C2SP signed note. */
  note: string;
  /** Of the key that signed it, as C2SP writes it. */
  verifier_key: string;
  made_at: Generated<Time>;
}

/** Audit events that are not yet in the tree; filled by a trigger (migrations/0013_log_tree.ts). */
export interface UntakenEventsTable {
  event_id: number;
}

/** Append-only: a trigger refuses changes (migrations/0014_reviews.ts). */
export interface ReviewsTable {
  /** UUIDv7: its time is when the review was recorded. */
  id: string;
  detection_id: string;
  reader: string;
  made_in: 'page' | 'ohif';
  complete: boolean;
  unsuitable: boolean;
  /** The whole review, as JSON text. */
  review: string;
  /** The Idempotency-Key, and the hash of what was sent with it. */
  request_key: string | null;
  request_sha256: string | null;
}
