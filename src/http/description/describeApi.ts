import { pino } from 'pino';
import { buildApp } from '../app.js';
import type { HttpDependencies } from '../dependencies.js';

/** The OpenAPI document of this version, without a running service. */
export async function describeApi(version: string): Promise<object> {
  const app = buildApp({
    engine: absent({ models: new Map(), observe: () => undefined }),
    log: absent({}),
    proofs: absent({}),
    accounts: absent({}),
    sessions: absent({}),
    site: absent({}),
    reviews: absent({}),
    films: absent({ kind: 'none', keepDays: 0 }),
    registry: { models: new Map(), defaultModel: '' },
    tokenVerification: absent({ verify: { algorithms: ['HS256'], allowedIss: '', requiredClaims: [], maxAge: 1 } }),
    logger: pino({ enabled: false }),
    settings: { ...settings, version },
  });
  await app.ready();
  const document = app.swagger();
  await app.close();
  return document;
}

/** As in a service without settings, so /metrics is described as open. */
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

/** A dependency that has only what `known` holds; every other method throws when called. */
function absent<Dependency extends object>(known: Partial<NoInfer<Dependency>>): Dependency {
  return new Proxy(known, {
    get: (target, name) => Reflect.get(target, name) ?? absentMethod,
  }) as Dependency;
}

function absentMethod(): never {
  throw new Error('Only the description of the API is available here');
}
