import type { FastifyBaseLogger } from 'fastify';
import type { Accounts, Keys, Sessions } from '../auth/index.js';
import type { Engine } from '../engine/index.js';
import type { FilmStore } from '../films/index.js';
import type { DetectionLog, LogProofs } from '../log/index.js';
import type { PacsWorker } from '../pacs/index.js';
import type { Registry } from '../registry/index.js';
import type { Reviews } from '../reviews/index.js';
import type { Site } from '../site/index.js';
import type { ServiceMetrics } from './operations/metrics.js';
import type { UploadBudget } from './submissions/budget.js';

/** Everything that the HTTP side depends on; tests put fakes here. */
export interface HttpDependencies {
  readonly engine: Engine;
  readonly log: DetectionLog;
  readonly proofs: LogProofs;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly site: Site;
  readonly films: FilmStore;
  readonly reviews: Reviews;
  readonly registry: Registry;
  /** If films are taken from PACS in this process. */
  readonly pacs?: Pick<PacsWorker, 'counts' | 'observe' | 'status'>;
  readonly tokenVerification: TokenVerification;
  readonly logger: FastifyBaseLogger;
  readonly settings: HttpSettings;
}

export interface HttpSettings {
  /** Version of this service, as shown by /readyz and OpenAPI. */
  readonly version: string;
  readonly maxUploadBytes: number;
  /** Limit on the bytes of all uploads that are arriving or being analysed. */
  readonly uploadBudgetBytes: number;
  /** The engine's, per film. It bounds how long an Idempotency-Key can be in use. */
  readonly deadlineMs: number;
  /** Time in which a whole request must arrive. */
  readonly requestTimeoutMs: number;
  /** Origins whose pages may call; if empty, no CORS headers at all. */
  readonly corsOrigins: readonly string[];
  readonly metricsAccess: 'open' | 'operator';
  readonly rateLimits: {
    /** For one name from one address; ten times as many for all names from one address. */
    readonly logInsPerMinute: number;
  };
  /** /readyz writes at most one heartbeat in this many milliseconds; 2,000 if undefined. */
  readonly heartbeatEveryMs?: number;
  /** A session ends after this many minutes without use. */
  readonly sessionMinutes: number;
  /** Lifetime of tokens issued at login. */
  readonly tokenLifetimeS: number;
  /** Addresses of proxies whose X-Forwarded-For is believed; if empty, the connection's own address counts. */
  readonly trustedProxies: readonly string[];
  /** Folder of the built page; if it's missing, a line of text is served instead. */
  readonly viewerFolder: string;
  readonly database: {
    readonly kind: 'postgres' | 'embedded';
    /** What a committed row survives, in words. */
    readonly durability: string;
  };
}

/** How bearer tokens are verified. */
export type TokenVerification = Pick<Keys, 'keyOf' | 'verify'>;

/** What routes get: the dependencies, and what the app makes once for all of them. */
export interface HttpContext extends HttpDependencies {
  readonly metrics: ServiceMetrics;
  readonly budget: UploadBudget;
}
