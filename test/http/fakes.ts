import { createHash, randomUUID } from 'node:crypto';
import { createSigner } from 'fast-jwt';
import { pino } from 'pino';
import {
  AccountError,
  type Accounts,
  loadKeys,
  type Role,
  type Session,
  type Sessions,
  type TokenPrincipal,
} from '../../src/auth/index.js';
import { type AuditEvent, DatabaseUnavailable } from '../../src/database/index.js';
import type { Reviews } from '../../src/reviews/index.js';
import type { Site } from '../../src/site/index.js';
import type { ModelSpec } from '../../src/detector/index.js';
import { parseModelSpec } from '../../src/detector/parseModelSpec.js';
import type { Analysis, Engine, EngineObserver, EngineState } from '../../src/engine/index.js';
import { type App, buildApp, type HttpDependencies, type HttpSettings } from '../../src/http/index.js';
import { FilmNotKept, type FilmStore } from '../../src/films/index.js';
import {
  type DetectionEntry,
  type DetectionFilter,
  type DetectionLog,
  type LoggedDetection,
  type LogProofs,
} from '../../src/log/index.js';
import type { Registry } from '../../src/registry/index.js';
import { toySpec } from '../modelSpec.js';

/** Effects of the outside world for tests of src/http: an engine without a network, a log and accounts in memory. */

export const spec: ModelSpec = parseModelSpec(
  toySpec({
    onnxSha256: 'a'.repeat(64),
    licence: 'CC0-1.0',
    intendedUse: 'Tests',
    input: { ...toySpec().input, channels: 1 },
    fit: { ...toySpec().fit, arithmetic: 'float32', fill: 0.5 },
    heads: [{ tensor: 'head0', stride: 32, anchors: [[10, 10]], scaleXY: 1, box: 'exp' }],
    nms: { kind: 'greedy', iou: 0.45, perClass: true, maximum: 100 },
    threshold: { score: 0.5, source: 'made up' },
    maxBatch: 1,
  }),
);

const timings = { queueMs: 0.5, decodeMs: 9, inferMs: 71, postMs: 0.25 };

function filmFacts(bytes: Uint8Array) {
  return {
    sha256: sha256(bytes),
    width: 200,
    height: 100,
    format: 'png' as const,
    bits: 8 as const,
    preparation: { window: null, inverted: false, orientation: 1 },
  };
}

/** An analysis with one candidate for each score. */
export function analysedWith(bytes: Uint8Array, ...scores: number[]): Analysis {
  return {
    kind: 'analysed',
    film: filmFacts(bytes),
    provider: 'cpu',
    batchSize: 1,
    timings,
    detection: {
      filmScore: Math.max(0.01, ...scores),
      candidates: scores.map((score, i) => ({
        classIndex: 0,
        class: 'opacity',
        score,
        scores: { opacity: score },
        attributes: {},
        box: { x: 10 * i, y: 5, width: 20, height: 30 },
      })),
    },
  };
}

export function failedWith(code: 'engine-failed' | 'deadline'): Analysis {
  return { kind: 'failed', code, detail: 'The engine gave up.', timings };
}

export function gated(bytes: Uint8Array): Analysis {
  return {
    kind: 'refused-by-gate',
    code: 'not-a-chest-film',
    detail: 'This is a hand.',
    film: filmFacts(bytes),
    timings,
  };
}

export interface FakeEngine extends Engine {
  analyse: Engine['analyse'];
  hasRoomFor: Engine['hasRoomFor'];
  state: EngineState;
  /** Films that were handed over. */
  readonly films: Uint8Array[];
  readonly observers: readonly EngineObserver[];
}

export function fakeEngine(): FakeEngine {
  const films: Uint8Array[] = [];
  const observers: EngineObserver[] = [];
  const engine: FakeEngine = {
    films,
    state: 'ready',
    models: new Map([[spec.name, spec]]),
    status: () => ({
      state: engine.state,
      provider: 'cpu',
      queuedFilms: 0,
      queuedBytes: 0,
      filmsToKeepBusy: 4,
      children: { decoderPids: [], runnerPids: [], readyDecoders: 1, readyRunners: 2 },
    }),
    observe: (observer) => void observers.push(observer),
    observers,
    hasRoomFor: () => true,
    analyse: ({ bytes }) => {
      films.push(bytes);
      return Promise.resolve(analysedWith(bytes, 0.9, 0.3));
    },
    close: () => Promise.resolve(),
  };
  return engine;
}

export interface MemoryLog extends DetectionLog {
  readonly entries: DetectionEntry[];
  readonly events: AuditEvent[];
  /** Keys that are claimed and not closed. */
  readonly openClaims: Map<string, string>;
  /** From now on every call fails as if the database were away. */
  down: boolean;
  /** After so many rows a stream fails. */
  streamBreaksAfter: number;
}

export function memoryLog(): MemoryLog {
  const entries: DetectionEntry[] = [];
  const events: AuditEvent[] = [];
  const openClaims = new Map<string, string>();
  const closed = new Map<string, { bodySha256: string; id: string }>();
  const up = () => {
    if (log.down) throw new DatabaseUnavailable('The database is away');
  };
  const logged = ({ report, reportText, candidates, candidateFloor }: DetectionEntry): LoggedDetection => ({
    id: report.id,
    report,
    reportText,
    candidates,
    candidateFloor,
  });
  const rowsFor = (filter: DetectionFilter) =>
    entries
      .filter(({ report, references }) => {
        const created = new Date(report.createdAt);
        const pairs: [unknown, unknown][] = [
          [filter.state, report.state],
          [filter.model, report.model.name],
          [filter.submitter, report.submitter],
          [filter.externalId, references.externalId],
          [filter.patientRef, references.patientRef],
          [filter.accessionNumber, references.accessionNumber],
          [filter.sha256, report.image?.sha256],
        ];
        return (
          pairs.every(([wanted, found]) => wanted === undefined || wanted === found) &&
          (filter.from === undefined || filter.from <= created) &&
          (filter.to === undefined || created < filter.to)
        );
      })
      .sort((a, b) => (a.report.id < b.report.id ? 1 : -1))
      .map(logged);

  const log: MemoryLog = {
    entries,
    events,
    openClaims,
    down: false,
    streamBreaksAfter: Infinity,
    async append(entry) {
      await Promise.resolve();
      up();
      entries.push(entry);
      if (entry.idempotency === undefined) return;
      const name = `${entry.report.submitter} ${entry.idempotency.key}`;
      openClaims.delete(name);
      closed.set(name, { bodySha256: entry.idempotency.bodySha256, id: entry.report.id });
    },
    async find(id, filter = {}) {
      await Promise.resolve();
      up();
      return rowsFor(filter).find((row) => row.id === id);
    },
    async list(filter, { limit, after }) {
      await Promise.resolve();
      up();
      return rowsFor(filter)
        .filter(({ id }) => after === undefined || id < after)
        .slice(0, limit);
    },
    async priors(id) {
      await Promise.resolve();
      up();
      const film = entries.find(({ report }) => report.id === id);
      const patientRef = film?.references.patientRef;
      return film === undefined || patientRef === undefined
        ? []
        : rowsFor({ submitter: film.report.submitter, patientRef }).filter((row) => row.id !== id);
    },
    async following(seq, limit, filter = {}) {
      await Promise.resolve();
      up();
      const wanted = new Set(rowsFor(filter).map(({ id }) => id));
      const rows = entries
        .map((entry, i) => ({ ...logged(entry), seq: i + 1 }))
        .filter((row) => row.seq > seq && wanted.has(row.id))
        .slice(0, limit);
      return { rows, position: rows.length === limit ? rows.at(-1)!.seq : Math.max(seq, entries.length) };
    },
    async references(ids) {
      await Promise.resolve();
      up();
      return new Map(
        entries
          .filter(({ report }) => ids.includes(report.id))
          .map(({ report, references }) => [report.id, references]),
      );
    },
    async count(filter) {
      await Promise.resolve();
      up();
      return rowsFor(filter).length;
    },
    lastSeq: () => Promise.resolve(entries.length),
    statistics: () =>
      Promise.resolve({
        days: [],
        models: [],
        submitters: [],
        reasons: [],
        total: { findings: 0, belowThreshold: 0, notAnalysed: 0, latencyMs: null, scoreDeciles: null },
      }),
    async *stream(filter) {
      let count = 0;
      for (const row of rowsFor(filter)) {
        await Promise.resolve();
        up();
        if (count++ >= log.streamBreaksAfter) throw new DatabaseUnavailable('The database went away');
        yield row;
      }
      up();
    },
    async claim({ submitter, key, bodySha256 }) {
      await Promise.resolve();
      up();
      const name = `${submitter} ${key}`;
      const done = closed.get(name);
      if (done !== undefined) {
        if (done.bodySha256 !== bodySha256) return { outcome: 'mismatch' };
        return { outcome: 'answered', detection: rowsFor({}).find(({ id }) => id === done.id)! };
      }
      const open = openClaims.get(name);
      if (open !== undefined)
        return open === bodySha256 ? { outcome: 'running', freeInMs: 2500 } : { outcome: 'mismatch' };
      openClaims.set(name, bodySha256);
      return { outcome: 'claimed' };
    },
    async release({ submitter, key }) {
      await Promise.resolve();
      up();
      openClaims.delete(`${submitter} ${key}`);
    },
    renew: () => Promise.resolve(),
    dropOldKeys: () => Promise.resolve(0),
    rememberModel: () => Promise.resolve(),
    async audit(event) {
      await Promise.resolve();
      up();
      events.push(event);
    },
    verify: () => Promise.resolve({ head: { seq: 0, hash: '' }, rows: entries.length, faults: [] }),
    eraseReferences: () => Promise.resolve(0),
    async ping() {
      await Promise.resolve();
      up();
    },
  };
  return log;
}

export const issuer = 'lesion-detector';
const secret = 'k'.repeat(32);
export const keys = await loadKeys({ jwtSecret: secret });
/** The name of the key, as a good token has it. */
const goodKid = kidIn(keys.sign({ iss: issuer, sub: 's', role: 'operator', jti: 'j', iat: 0, exp: 1 }));

function kidIn(token: string): string {
  const header: unknown = JSON.parse(Buffer.from(token.split('.', 1)[0]!, 'base64url').toString());
  if (typeof header === 'object' && header !== null && 'kid' in header && typeof header.kid === 'string')
    return header.kid;
  throw new Error('A token without kid');
}

/** Signs whatever claims a test wants, right or wrong. */
export function sign(
  claims: Readonly<Record<string, unknown>>,
  options: { algorithm?: 'HS256' | 'HS512' | 'none'; key?: string; kid?: string } = {},
): string {
  const { algorithm = 'HS256', kid = goodKid } = options;
  const signer = createSigner({ algorithm, kid, ...(algorithm === 'none' ? {} : { key: options.key ?? secret }) });
  return signer({ ...claims });
}

export interface MemoryAccounts extends Accounts {
  readonly tokens: Map<string, { subject: string; role: Role; revoked: boolean }>;
  readonly passwords: Map<string, string>;
  /** What was done by somebody: the real ones put it on record. */
  readonly acts: string[];
}

function memoryAccounts(): MemoryAccounts {
  const tokens: MemoryAccounts['tokens'] = new Map();
  const passwords = new Map([['anna', 'correct horse battery']]);
  const acts: string[] = [];
  const attempts = new Map<string, number>();
  return {
    countAttempts: (subjects) =>
      Promise.resolve(
        subjects.map((subject) => {
          attempts.set(subject, (attempts.get(subject) ?? 0) + 1);
          return { attempts: attempts.get(subject) ?? 0, endsInS: 60 };
        }),
      ),
    tokens,
    passwords,
    acts,
    logIn: (name, password) =>
      Promise.resolve(passwords.get(name) === password ? { name, role: 'radiologist', proof: password } : undefined),
    addUser: () => Promise.resolve(),
    signUp: () => Promise.resolve(true),
    findUser: () => Promise.resolve(undefined),
    listUsers: () => Promise.resolve([]),
    updateUser: (name) => Promise.reject(new AccountError('unknown-user', `there is no user ${name}`)),
    setPassword: () => Promise.resolve(),
    disableUser: () => Promise.resolve(),
    issueToken: ({ subject, role, lifetimeS }, by) => {
      if (by !== undefined) acts.push('token-issued');
      const jti = randomUUID();
      tokens.set(jti, { subject, role, revoked: false });
      const iat = Math.floor(Date.now() / 1000);
      const exp = iat + lifetimeS;
      return Promise.resolve({
        token: sign({ iss: issuer, sub: subject, role, jti, iat, exp }),
        jti,
        expiresAt: new Date(exp * 1000),
      });
    },
    listTokens: () => Promise.resolve([]),
    principalOf: ({ jti }) => {
      const token = tokens.get(jti);
      const principal: TokenPrincipal | undefined =
        token === undefined || token.revoked ? undefined : { name: token.subject, role: token.role, jti };
      return Promise.resolve(principal);
    },
    tokenOwner: (jti) => Promise.resolve(tokens.get(jti)?.subject),
    revokeToken: (jti, by) => {
      const token = tokens.get(jti);
      if (token === undefined || token.revoked) return Promise.resolve(false);
      token.revoked = true;
      if (by !== undefined) acts.push('token-revoked');
      return Promise.resolve(true);
    },
  };
}

/** Sessions in memory; those of the database are tested in test/auth and test/http/sessions.test.ts. */
function memorySessions(): Sessions {
  const open = new Map<string, Session>();
  return {
    open: (user) => {
      const secret = randomUUID();
      const session = { user, csrfToken: `csrf of ${secret}`, expiresAt: new Date(Date.now() + 60_000) };
      open.set(secret, session);
      return Promise.resolve({ ...session, secret });
    },
    find: (secret) => Promise.resolve(open.get(secret)),
    revoke: (secret) => Promise.resolve(void open.delete(secret)),
  };
}

/** A service that keeps no films. */
const noFilms: FilmStore = {
  kind: 'none',
  keepDays: 30,
  counts: () => ({ kept: 0, failed: 0, waiting: 0 }),
  keep: () => undefined,
  availability: () => Promise.resolve(new Map()),
  open: () => Promise.reject(new FilmNotKept('This service keeps no films.')),
  delete: () => Promise.resolve(0),
  sweep: () => Promise.resolve(0),
  dropDeleted: () => Promise.resolve(0),
  close: () => Promise.resolve(),
};

/** Reviews on a database are tested in test/reviews and test/http/reviews.test.ts. */
const noReviews: Reviews = {
  addReview: () => Promise.reject(new Error('reviews need a database')),
  reviewsOf: () => Promise.resolve(new Map()),
};

function memorySite(): Site {
  let settings = { signUp: false };
  return { read: () => Promise.resolve(settings), change: (changed) => Promise.resolve((settings = changed)) };
}

const settings: HttpSettings = {
  version: '0.0.0',
  maxUploadBytes: 100_000,
  uploadBudgetBytes: 1_000_000,
  deadlineMs: 1000,
  requestTimeoutMs: 60_000,
  heartbeatEveryMs: 0,
  corsOrigins: [],
  metricsAccess: 'operator',
  rateLimits: { logInsPerMinute: 5 },
  sessionMinutes: 30,
  tokenLifetimeS: 3600,
  viewerFolder: '/nowhere',
  trustedProxies: [],
  database: { kind: 'embedded', durability: 'survives a killed process, not a power cut' },
};

export interface TestService {
  readonly app: App;
  readonly engine: FakeEngine;
  readonly log: MemoryLog;
  readonly accounts: MemoryAccounts;
  readonly sessions: Sessions;
  /** Everything that the service wrote to its own log so far. */
  readonly logText: () => string;
  /** An Authorization header. */
  readonly as: (role: Role, name?: string) => Promise<{ authorization: string }>;
}

/** Proofs need a database: test/http/logProofs.test.ts has one. */
const noProofs: LogProofs = {
  listCheckpoints: () => Promise.resolve([]),
  originOf: () => Promise.resolve('lesion-detector/log/fake'),
  proveConsistency: () => Promise.resolve(undefined),
  proveDetection: () => Promise.resolve('not-yet'),
  treeFaults: () => Promise.reject(new Error('there is no tree')),
};

export function testService(
  changes: { readonly settings?: Partial<HttpSettings>; readonly dependencies?: Partial<HttpDependencies> } = {},
): TestService {
  const engine = fakeEngine();
  const log = memoryLog();
  const accounts = memoryAccounts();
  const sessions = memorySessions();
  const registry: Registry = {
    defaultModel: spec.name,
    models: new Map([
      [
        spec.name,
        {
          spec,
          specSha256: sha256(JSON.stringify(spec)),
          specText: JSON.stringify(spec),
          folder: '/nowhere',
          onnxPath: '/nowhere/model.onnx',
          card: '# Toy\n',
        },
      ],
    ]),
  };
  const lines: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const app = buildApp({
    engine,
    log,
    proofs: noProofs,
    accounts,
    sessions,
    site: memorySite(),
    reviews: noReviews,
    films: noFilms,
    registry,
    logger,
    tokenVerification: keys,
    settings: { ...settings, ...changes.settings },
    ...changes.dependencies,
  });
  return {
    app,
    engine,
    log,
    accounts,
    sessions,
    logText: () => lines.join(''),
    as: async (role, name = role) => {
      const { token } = await accounts.issueToken({ subject: name, role, lifetimeS: 600 });
      return { authorization: `Bearer ${token}` };
    },
  };
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

interface FormPart {
  readonly name: string;
  readonly filename?: string;
  readonly value: string | Uint8Array;
  readonly type?: string;
}

/** A multipart body, by hand, so that it can be wrong. */
export function form(...parts: FormPart[]): { payload: Buffer; headers: { 'content-type': string } } {
  const boundary = '----film';
  const chunks = parts.flatMap(({ name, filename, value, type }) => [
    `--${boundary}\r\nContent-Disposition: form-data; ` +
      `name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n`,
    `${type === undefined ? '' : `Content-Type: ${type}\r\n`}\r\n`,
    value,
    '\r\n',
  ]);
  const payload = Buffer.concat([...chunks, `--${boundary}--\r\n`].map((chunk) => Buffer.from(chunk)));
  return { payload, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } };
}

export const film = Buffer.from('the bytes of a film');
