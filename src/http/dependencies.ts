import type { FastifyBaseLogger } from 'fastify';
import type { Accounts, Keys, Sessions } from '../auth/index.js';
import type { Engine } from '../engine/index.js';
import type { FilmStore } from '../films/index.js';
import type { DetectionLog } from '../log/index.js';
import type { Registry } from '../registry/index.js';
import type { Site } from '../site/index.js';
import type { ServiceMetrics } from './operations/metrics.js';
import type { UploadBudget } from './submissions/budget.js';

/** Everything that the HTTP side stands on; tests put fakes here. */
export interface HttpDependencies {
  readonly engine: Engine;
  readonly log: DetectionLog;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly site: Site;
  readonly films: FilmStore;
  readonly registry: Registry;
  readonly tokenVerification: TokenVerification;
  readonly logger: FastifyBaseLogger;
  readonly settings: HttpSettings;
}

export interface HttpSettings {
  /** Of this service, as /readyz and OpenAPI say it. */
  readonly version: string;
  readonly maxUploadBytes: number;
  /** Bytes of all uploads together that may be held while they arrive and are analysed. */
  readonly uploadBudgetBytes: number;
  /** Of the engine, per film: how long an Idempotency-Key can be in use follows from it. */
  readonly deadlineMs: number;
  /** In which a whole request must have arrived. */
  readonly requestTimeoutMs: number;
  /** Origins whose pages may call; none: no CORS headers at all. */
  readonly corsOrigins: readonly string[];
  readonly metricsAccess: 'open' | 'operator';
  readonly rateLimits: {
    /** For one name from one address; ten times as many for all names from one address. */
    readonly logInsPerMinute: number;
  };
  /** /readyz writes a heartbeat at most once in so many milliseconds; 2,000 if undefined. */
  readonly heartbeatEveryMs?: number;
  /** A session that is not used for so long ends. */
  readonly sessionMinutes: number;
  /** Of tokens that a log-in gives. */
  readonly tokenLifetimeS: number;
  /** Addresses of proxies whose X-Forwarded-For is believed; none: the connection's own address counts. */
  readonly trustedProxies: readonly string[];
  /** Folder of the built page; where it is not there, a line says so in its place. */
  readonly viewerFolder: string;
  readonly database: {
    readonly kind: 'postgres' | 'embedded';
    /** What a committed row survives, in words. */
    readonly durability: string;
  };
}

/** How bearer tokens are verified. */
export type TokenVerification = Pick<Keys, 'keyOf' | 'verify'>;

/** What routes are given: the dependencies, and what the app makes once for all of them. */
export interface HttpContext extends HttpDependencies {
  readonly metrics: ServiceMetrics;
  readonly budget: UploadBudget;
}
