import { envSchema } from 'env-schema';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';

const MiB = 1024 * 1024;
const cores = availableParallelism();

/**
 * Every environment variable: name, type, default, meaning. docs/configuration.md is made from this table.
 * Lists are separated by commas.
 */
export const ConfigSchema = Type.Object({
  NODE_ENV: Type.Enum(['production', 'development', 'test'], {
    default: 'development',
    description: '`production` makes no secret by itself: DATABASE_URL and JWT_SECRET must be given',
  }),
  HOST: Type.String({ default: '127.0.0.1', description: 'Address to listen on' }),
  PORT: Type.Integer({
    default: 8080,
    minimum: 0,
    maximum: 65535,
    description: 'Port to listen on; 0 takes a free one',
  }),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'Of the application log (JSON lines on stdout)',
  }),
  DATABASE_URL: Type.String({
    default: '',
    description: 'PostgreSQL for log and accounts, `postgres://…`; none: an embedded log in DATA_DIR',
  }),
  DATA_DIR: Type.String({
    default: './data',
    description: 'Folder of the embedded log and of the secrets that a first start makes',
  }),
  JWT_SECRET: Type.String({
    default: '',
    description: 'Signs tokens, at least 32 characters; none: made at the first start, in DATA_DIR',
  }),
  TOKEN_LIFETIME_S: Type.Integer({ default: 8 * 3600, minimum: 60, description: 'Lifetime of a token from a log-in' }),
  LOGINS_PER_MINUTE: Type.Integer({
    default: 10,
    minimum: 1,
    description: 'Log-in attempts for one name from one address',
  }),
  SESSION_MINUTES: Type.Number({
    default: 30,
    minimum: 0.05,
    maximum: 720,
    description: 'A session at the page ends when it is not used for so long; 12 hours after the sign-in in any case',
  }),
  CORS_ORIGINS: Type.String({
    default: '',
    description: 'Origins whose pages may call the API; none: no CORS headers',
  }),
  TRUSTED_PROXIES: Type.String({ default: '', description: 'Addresses of proxies whose X-Forwarded-For is believed' }),
  METRICS_ACCESS: Type.Enum(['open', 'operator'], {
    default: 'open',
    description: 'Who may read /metrics: everybody, or operators',
  }),
  MODELS_DIR: Type.String({ default: './models', description: 'Folder of model folders' }),
  MODEL: Type.String({
    default: '',
    description:
      'Model that is used when a request names none; none: the only one there is, or `cxr-opacity` among several',
  }),
  EXECUTION_PROVIDERS: Type.String({
    default: 'cuda,cpu',
    description: 'Providers of onnxruntime, tried in this order',
  }),
  REQUIRE_PROVIDER: Type.String({ default: '', description: 'Fail at start unless this provider runs, e.g. `cuda`' }),
  INTRA_OP_THREADS: Type.Integer({ default: cores, minimum: 1, description: 'Threads of one run of the network' }),
  DECODERS: Type.Integer({
    default: Math.max(1, Math.min(4, cores >> 1)),
    minimum: 1,
    maximum: 64,
    description: 'Processes that decode films',
  }),
  DEADLINE_MS: Type.Integer({
    default: 30_000,
    minimum: 100,
    description: 'From acceptance of a film until its answer',
  }),
  REQUEST_TIMEOUT_MS: Type.Integer({
    default: 120_000,
    minimum: 1000,
    description: 'In which a whole request must have arrived',
  }),
  QUEUE_FILMS: Type.Integer({ default: 256, minimum: 1, description: 'Films taken on and not yet answered' }),
  QUEUE_BYTES: Type.Integer({
    default: 512 * MiB,
    minimum: MiB,
    description: 'Their uploaded bytes together, those still arriving included',
  }),
  MAX_UPLOAD_BYTES: Type.Integer({ default: 64 * MiB, minimum: 1024, description: 'Size of one upload' }),
  IMAGE_STORE: Type.Enum(['', 'none', 'disk'], {
    type: 'string',
    default: '',
    description:
      'Whether films are kept, to be shown again at the page: `none`, or `disk` (pixels only, without the file’s headers)',
  }),
  IMAGE_STORE_DIR: Type.String({ default: '', description: 'Folder of kept films' }),
  IMAGE_KEEP_DAYS: Type.Integer({
    default: 30,
    minimum: 1,
    maximum: 36_500,
    description: 'For how long films are kept',
  }),
  MAX_IMAGE_PIXELS: Type.Integer({ default: 100_000_000, minimum: 4096, description: 'Width · height of one film' }),
});

type Variables = Static<typeof ConfigSchema>;

export interface Config extends Omit<Variables, 'CORS_ORIGINS' | 'TRUSTED_PROXIES' | 'EXECUTION_PROVIDERS'> {
  readonly production: boolean;
  readonly corsOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly executionProviders: readonly string[];
  readonly films: { readonly kind: 'none' | 'disk'; readonly folder: string; readonly keepDays: number };
}

/** A setting that can't be used; the message names every fault. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads the settings from environment variables. An empty one counts as absent. Throws ConfigError. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const variables = parse(environment);
  const production = variables.NODE_ENV === 'production';
  const faults: string[] = [];
  if (production && variables.DATABASE_URL === '')
    faults.push('DATABASE_URL is missing: the embedded log does not survive a power cut');
  if (production && variables.JWT_SECRET === '') faults.push('JWT_SECRET is missing (at least 32 characters)');
  if (variables.JWT_SECRET !== '' && variables.JWT_SECRET.length < 32)
    faults.push('JWT_SECRET is shorter than 32 characters');
  else if (variables.JWT_SECRET !== '' && isGuessable(variables.JWT_SECRET))
    faults.push('JWT_SECRET repeats itself and can be guessed: make one with `openssl rand -base64 32`');
  if (variables.DATABASE_URL !== '' && !/^postgres(ql)?:\/\//.test(variables.DATABASE_URL))
    faults.push('DATABASE_URL must start with postgres://');
  if (faults.length > 0) throw new ConfigError(faults.join('\n'));
  return {
    ...variables,
    production,
    corsOrigins: listOf(variables.CORS_ORIGINS),
    trustedProxies: listOf(variables.TRUSTED_PROXIES),
    executionProviders: listOf(variables.EXECUTION_PROVIDERS),
    films: {
      // Whoever runs this for others says so when films are to be kept.
      kind: variables.IMAGE_STORE === '' ? (production ? 'none' : 'disk') : variables.IMAGE_STORE,
      folder: variables.IMAGE_STORE_DIR === '' ? join(variables.DATA_DIR, 'images') : variables.IMAGE_STORE_DIR,
      keepDays: variables.IMAGE_KEEP_DAYS,
    },
  };
}

/** Few different characters, or the same few over and over: 32 characters that are worth far less. */
function isGuessable(secret: string): boolean {
  return new Set(secret).size < 8 || /^(.{1,10}?)\1+.{0,9}$/s.test(secret);
}

function parse(environment: NodeJS.ProcessEnv): Variables {
  const given = Object.fromEntries(
    Object.keys(ConfigSchema.properties).flatMap((name) => {
      const value = environment[name];
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
  try {
    return envSchema<Variables>({ schema: ConfigSchema, data: given, env: false });
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message.replaceAll('env/', '') : String(error), {
      cause: error,
    });
  }
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
