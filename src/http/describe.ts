import { pino } from 'pino';
import { buildApp } from './app.js';
import type { HttpDependencies } from './dependencies.js';

/** The OpenAPI document of this version, without a service that runs. */
export async function describeApi(version: string): Promise<object> {
  const app = buildApp({
    engine: { models: new Map(), status: absent, hasRoomFor: absent, analyse: absent, close: absent },
    log: {
      append: absent,
      find: absent,
      list: absent,
      priors: absent,
      following: absent,
      lastSeq: absent,
      statistics: absent,
      stream: absent,
      claim: absent,
      release: absent,
      rememberModel: absent,
      audit: absent,
      verify: absent,
      eraseReferences: absent,
      ping: absent,
    },
    accounts: {
      logIn: absent,
      addUser: absent,
      signUp: absent,
      listUsers: absent,
      updateUser: absent,
      setPassword: absent,
      disableUser: absent,
      issueToken: absent,
      listTokens: absent,
      principalOf: absent,
      tokenOwner: absent,
      revokeToken: absent,
    },
    sessions: { open: absent, find: absent, revoke: absent },
    site: { read: absent, change: absent },
    images: {
      kind: 'none',
      keepDays: 0,
      counts: absent,
      keep: absent,
      availability: absent,
      open: absent,
      delete: absent,
      sweep: absent,
      close: absent,
    },
    registry: { models: new Map(), defaultModel: '' },
    tokenVerification: {
      keyOf: absent,
      verify: { algorithms: ['HS256'], allowedIss: '', requiredClaims: [], maxAge: 1 },
    },
    logger: pino({ enabled: false }),
    settings: { ...settings, version },
  });
  await app.ready();
  const document = app.swagger();
  await app.close();
  return document;
}

/** As a service starts without settings; /metrics is described as it is open there. */
const settings: Omit<HttpDependencies['settings'], 'version'> = {
  maxUploadBytes: 1,
  uploadBudgetBytes: 1,
  deadlineMs: 1,
  requestTimeoutMs: 1000,
  corsOrigins: [],
  metricsAccess: 'open',
  rateLimits: { logInsPerMinute: 1 },
  sessionMinutes: 1,
  tokenLifetimeS: 1,
  viewerFolder: '',
  trustedProxies: [],
  database: { kind: 'embedded', durability: '' },
};

function absent(): never {
  throw new Error('Only the description of the API is wanted here');
}
