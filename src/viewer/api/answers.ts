import type { Report } from '../../report/schema.js';
import {
  array,
  boolean,
  nullable,
  number,
  object,
  type Of,
  oneOf,
  optional,
  record,
  type Shape,
  string,
} from './shape.js';

/** The shapes of the server's answers, and their types. */

const role = oneOf('submitter', 'radiologist', 'operator');
export type Role = Of<typeof role>;
const user = object({ name: string, role });
export type User = Of<typeof user>;

export const sessionShape = object({ user, csrfToken: string, expiresAt: string });
export type Session = Of<typeof sessionShape>;

const modelFacts = {
  name: string,
  version: string,
  licence: string,
  threshold: number,
  classes: array(object({ name: string, title: string, colour: string, role: oneOf('lesion', 'attribute') })),
  intendedUse: string,
};
export type ModelFacts = Of<ReturnType<typeof object<typeof modelFacts>>>;

export const siteShape = object({
  imageStore: oneOf('none', 'disk'),
  keepDays: number,
  signUp: boolean,
  notice: string,
  version: string,
  sessionMinutes: number,
  maxUploadBytes: number,
  model: object({ ...modelFacts, candidateFloor: number }),
});
export type Site = Of<typeof siteShape>;

const box = object({ x: number, y: number, width: number, height: number });
const reportedBox = object({
  id: string,
  class: string,
  score: number,
  scores: record(number),
  attributes: record(number),
  box,
});
const model = object({ name: string, version: string, specSha256: string, onnxSha256: string });
const image = object({
  sha256: string,
  width: number,
  height: number,
  format: string,
  bits: number,
  preparation: object({ window: nullable(window), inverted: boolean, orientation: number }),
});
const timings = object({ queueMs: number, decodeMs: number, inferMs: number, postMs: number });
const common = {
  id: string,
  createdAt: string,
  lookedFor: array(string),
  notice: string,
  model,
  provider: nullable(string),
  submitter: string,
  externalId: optional(string),
  timings,
};
const judged = {
  ...common,
  image,
  threshold: number,
  filmScore: number,
  attributes: nullable(record(number)),
  asLogged: optional(object({ state: string, threshold: number, candidateFloor: number })),
};
const findings = object({ ...judged, state: oneOf('findings'), detections: array(reportedBox) });
const belowThreshold = object({ ...judged, state: oneOf('below-threshold'), detections: array(reportedBox) });
const notAnalysed = object({
  ...common,
  state: oneOf('not-analysed'),
  image: nullable(image),
  reason: object({ code: string, detail: string }),
});

export type FilmReport = Of<typeof findings> | Of<typeof belowThreshold> | Of<typeof notAnalysed>;
export type FilmBox = Of<typeof reportedBox>;
export type FilmImage = Of<typeof image>;

/**
 * A report in one of its three states. An unknown state or a report that can't be read becomes
 * `not-analysed` (`unreadable-answer`): the page must never show less than the server meant.
 */
export const reportShape: Shape<FilmReport> = (value, path) => {
  try {
    const { state } = object({ state: oneOf('findings', 'below-threshold', 'not-analysed') })(value, path);
    const report = { findings, 'below-threshold': belowThreshold, 'not-analysed': notAnalysed }[state](value, path);
    if (report.state === 'findings' && report.detections.length === 0)
      return unreadable(value, path, 'it has no boxes');
    return report;
  } catch (error) {
    return unreadable(value, path, error instanceof Error ? error.message : String(error));
  }
};

function unreadable(value: unknown, path: string, why: string): FilmReport {
  const known = object({ id: string, createdAt: string, submitter: optional(string) })(value, path);
  return {
    id: known.id,
    createdAt: known.createdAt,
    state: 'not-analysed',
    lookedFor: [],
    notice: '',
    model: { name: 'unknown', version: '', specSha256: '', onnxSha256: '' },
    provider: null,
    submitter: known.submitter ?? '',
    externalId: undefined,
    timings: { queueMs: 0, decodeMs: 0, inferMs: 0, postMs: 0 },
    image: null,
    reason: {
      code: 'unreadable-answer',
      detail: [
        `This page can't read the server's answer: ${why}`,
        "Reload the page; if that doesn't help, tell the people who run the service.",
      ].join(' '),
    },
  };
}

function window(value: unknown, path: string): readonly [number, number] {
  const [low, high, ...more] = array(number)(value, path);
  if (low === undefined || high === undefined || more.length > 0) throw new TypeError(`${path} is not a pair.`);
  return [low, high];
}

const keeping = object({
  status: oneOf('kept', 'not-kept', 'expired', 'deleted'),
  sha256: nullable(string),
  expiresAt: nullable(string),
});
/** Whether the film's pixels can be shown. */
export type FilmKeeping = Of<typeof keeping>;

/** Whose film it is, as its sender said it. Operators are never told. */
export const referencesShape = object({
  patientRef: optional(string),
  accessionNumber: optional(string),
  studyInstanceUid: optional(string),
  sopInstanceUid: optional(string),
  externalId: optional(string),
  /** ISO date */
  studyDate: optional(string),
  label: optional(string),
});
export type References = Partial<Of<typeof referencesShape>>;

const listed = object({ film: keeping, references: optional(referencesShape) });
export type ListItem = FilmReport & { readonly film: FilmKeeping; readonly references?: References | undefined };
const listItem: Shape<ListItem> = (value, path) => ({ ...reportShape(value, path), ...listed(value, path) });

export const listShape = object({
  items: array(listItem),
  nextCursor: nullable(string),
  /** Films that fit in all; undefined where counting them would take long. */
  total: optional(number),
  /** Where to follow the log from. */
  position: optional(number),
});
export type DetectionList = Of<typeof listShape>;
export const priorsShape = object({ items: array(listItem) });

const servedModel = object({ ...modelFacts, default: boolean });
export type Model = Of<typeof servedModel>;
const models = object({ items: array(servedModel) });
export const modelsShape: Shape<readonly Model[]> = (value, path) => models(value, path).items;

const account = object({
  name: string,
  role,
  disabled: boolean,
  awaitingApproval: boolean,
  createdAt: string,
  lastSeenAt: nullable(string),
});
export const accountShape = account;
export type Account = Of<typeof account>;
export const accountsShape = object({ items: array(account) });

const token = object({
  jti: string,
  user: string,
  role: optional(role),
  label: nullable(string),
  createdAt: string,
  expiresAt: string,
  lastUsedAt: optional(string),
  revokedAt: optional(string),
});
export type Token = Of<typeof token>;
export const tokensShape = object({ items: array(token) });
export const issuedTokenShape = object({ token: string, jti: string, expiresAt: string });
export type IssuedToken = Of<typeof issuedTokenShape>;

const tally = {
  findings: number,
  belowThreshold: number,
  notAnalysed: number,
  latencyMs: nullable(object({ p50: number, p95: number })),
  scoreDeciles: nullable(array(number)),
};
export type Tally = Of<ReturnType<typeof object<typeof tally>>>;
export const statisticsShape = object({
  from: string,
  to: string,
  total: object(tally),
  days: array(object({ day: string, ...tally })),
  models: array(object({ name: string, version: string, ...tally })),
  submitters: array(object({ name: string, ...tally })),
  reasons: array(object({ code: string, films: number })),
});
export type Statistics = Of<typeof statisticsShape>;

/** Checked by the compiler against src/report: the page knows every state that the server may send. */
type Known<T extends Report['state']> = T;
export type States = Known<FilmReport['state']>;
