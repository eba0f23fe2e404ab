import { envSchema } from 'env-schema';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { isGuessableSecret } from './guessable/index.js';
import { linesOf, SecretError, type SecretName, secretNames, secretOf } from './secret.js';

const MiB = 1024 * 1024;
const cores = availableParallelism();
/** Each runner and decoder holds 100 to 250 MB, so even a large machine gets more of them only if asked to. */
const mostByDefault = 16;
const mostChildren = 64;

function secretFile(name: SecretName) {
  return Type.String({ default: '', description: `File that holds ${name}, instead of the variable itself` });
}

/**
 * Every environment variable: name, type, default, meaning. docs/configuration.md is generated from this table. Lists
 * are separated by commas.
 */
export const ConfigSchema = Type.Object({
  NODE_ENV: Type.Enum(['production', 'development', 'test'], {
    default: 'development',
    description:
      'With `production`, no secrets are made, only the key of LOG_KEY_FILE: DATABASE_URL and JWT_SECRET are required',
  }),
  HOST: Type.String({ default: '127.0.0.1', description: 'Address to listen on' }),
  PORT: Type.Integer({
    default: 8080,
    minimum: 0,
    maximum: 65535,
    description: 'Port to listen on; 0 for any free one',
  }),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'Level of the application log (JSON lines on stdout)',
  }),
  DATABASE_URL: Type.String({
    default: '',
    description: 'PostgreSQL for log and accounts, `postgres://…`; if empty, an embedded log in DATA_DIR',
  }),
  DATABASE_URL_FILE: secretFile('DATABASE_URL'),
  DATA_DIR: Type.String({
    default: './data',
    description: 'Folder of the embedded log and of the secrets made at the first start',
  }),
  JWT_SECRET: Type.String({
    default: '',
    description: 'Signs tokens, at least 32 characters; if empty, made at the first start, in DATA_DIR',
  }),
  JWT_SECRET_FILE: secretFile('JWT_SECRET'),
  JWT_SECRET_PREVIOUS: Type.String({
    default: '',
    description: 'Earlier values of JWT_SECRET, one per line: their tokens stay valid until they expire or are revoked',
  }),
  JWT_SECRET_PREVIOUS_FILE: secretFile('JWT_SECRET_PREVIOUS'),
  LOG_KEY_FILE: Type.String({
    default: '',
    description:
      'Ed25519 key (PEM) that signs checkpoints of the log, made if it is missing; if empty, `log-key.pem` in DATA_DIR',
  }),
  CHECKPOINT_FILE: Type.String({
    default: '',
    description: 'File to which signed checkpoints are appended; if empty, `checkpoints.txt` in DATA_DIR',
  }),
  CHECKPOINT_ENTRIES: Type.Integer({
    default: 1000,
    minimum: 1,
    description: 'A checkpoint is signed after this many new entries',
  }),
  CHECKPOINT_MINUTES: Type.Number({
    default: 10,
    minimum: 0.01,
    maximum: 1440,
    description: 'A checkpoint is signed after this time, if there are new entries',
  }),
  TOKEN_LIFETIME_S: Type.Integer({ default: 8 * 3600, minimum: 60, description: 'Lifetime of a token from a login' }),
  LOGINS_PER_MINUTE: Type.Integer({
    default: 10,
    minimum: 1,
    description: 'Login attempts for one name from one address',
  }),
  SESSION_MINUTES: Type.Number({
    default: 30,
    minimum: 0.05,
    maximum: 720,
    description: 'A session on the page ends after this time without use, and 12 hours after sign-in at the latest',
  }),
  CORS_ORIGINS: Type.String({
    default: '',
    description: 'Origins whose pages may call the API; if empty, no CORS headers',
  }),
  TRUSTED_PROXIES: Type.String({ default: '', description: 'Addresses of proxies whose X-Forwarded-For is trusted' }),
  METRICS_ACCESS: Type.Enum(['open', 'operator'], {
    default: 'open',
    description: 'Who may read /metrics: everyone, or operators',
  }),
  MODELS_DIR: Type.String({ default: './models', description: 'Folder of model folders' }),
  MODEL: Type.String({
    default: '',
    description:
      'Model for requests that name none; if empty, the only one there is, or `cxr-opacity` if there are several',
  }),
  EXECUTION_PROVIDERS: Type.String({
    default: 'cuda,cpu',
    description: 'Execution providers of onnxruntime, tried in this order',
  }),
  REQUIRE_PROVIDER: Type.String({ default: '', description: 'Refuse to start unless this provider runs, e.g. `cuda`' }),
  INTRA_OP_THREADS: Type.Integer({
    default: cores,
    minimum: 1,
    description: 'Threads for the network: of all runners together, and of a film that runs alone',
  }),
  RUNNERS: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: mostChildren,
      description: 'Processes that run the network, each with its share of INTRA_OP_THREADS',
    }),
  ),
  DECODERS: Type.Integer({
    default: Math.min(cores, mostByDefault),
    minimum: 1,
    maximum: mostChildren,
    description: 'Processes that decode films',
  }),
  DEADLINE_MS: Type.Integer({
    default: 30_000,
    minimum: 100,
    description: 'Time from acceptance of a film to its answer',
  }),
  REQUEST_TIMEOUT_MS: Type.Integer({
    default: 120_000,
    minimum: 1000,
    description: 'Time in which a whole request must arrive',
  }),
  QUEUE_FILMS: Type.Integer({ default: 256, minimum: 1, description: 'Films accepted and not yet answered' }),
  QUEUE_BYTES: Type.Integer({
    default: 512 * MiB,
    minimum: MiB,
    description: 'Their uploaded bytes in total, including uploads still arriving',
  }),
  MAX_UPLOAD_BYTES: Type.Integer({ default: 64 * MiB, minimum: 1024, description: 'Size of one upload' }),
  IMAGE_STORE: Type.Enum(['', 'none', 'disk'], {
    type: 'string',
    default: '',
    description: "Whether films are kept for viewing: `none`, or `disk` (pixels only, without the file's headers)",
  }),
  IMAGE_STORE_DIR: Type.String({ default: '', description: 'Folder of kept films' }),
  IMAGE_KEEP_DAYS: Type.Integer({
    default: 30,
    minimum: 1,
    maximum: 36_500,
    description: 'How long films are kept',
  }),
  MAX_IMAGE_PIXELS: Type.Integer({ default: 100_000_000, minimum: 4096, description: 'Width · height of one film' }),
  DICOM_SECONDARY_CAPTURE: Type.Boolean({
    default: false,
    description: 'Whether DICOM secondary captures (scanned films, screenshots) are accepted as films',
  }),
  PACS_SOURCES: Type.String({
    default: '',
    description: 'YAML or JSON file of PACS to take films from and store results in (hospital.md); if empty, none',
  }),
  PACS_FILMS_AT_ONCE: Type.Integer({
    default: 2,
    minimum: 1,
    maximum: 64,
    description: 'Films from PACS that are fetched, analysed and answered at a time',
  }),
  PACS_RETRIES: Type.Integer({
    default: 12,
    minimum: 0,
    maximum: 16,
    description: 'How often a film from a PACS is tried again before it waits for `lesion-detector pacs requeue`',
  }),
  PACS_RETRY_DELAY_S: Type.Integer({
    default: 15,
    minimum: 1,
    maximum: 3600,
    description: 'Before the second try; doubled for each further one, and up to twice that at random',
  }),
});

type Variables = Static<typeof ConfigSchema>;

export interface Config extends Omit<
  Variables,
  'CORS_ORIGINS' | 'TRUSTED_PROXIES' | 'EXECUTION_PROVIDERS' | 'JWT_SECRET_PREVIOUS' | `${SecretName}_FILE`
> {
  readonly production: boolean;
  readonly previousJwtSecrets: readonly string[];
  readonly corsOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly executionProviders: readonly string[];
  readonly films: { readonly kind: 'none' | 'disk'; readonly folder: string; readonly keepDays: number };
}

/** Settings that can't be used; the message names every fault. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the settings from environment variables, and secrets also from files. An empty variable counts as absent.
 *
 * @throws ConfigError
 */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const faults: string[] = [];
  const variables = parse(withSecrets(environment, faults));
  const production = variables.NODE_ENV === 'production';
  const previousJwtSecrets = linesOf(variables.JWT_SECRET_PREVIOUS);
  if (production && isMissing(variables, 'DATABASE_URL'))
    faults.push('DATABASE_URL is missing: the embedded log does not survive a power cut');
  if (production && isMissing(variables, 'JWT_SECRET')) faults.push('JWT_SECRET is missing (at least 32 characters)');
  if (variables.JWT_SECRET !== '' && variables.JWT_SECRET.length < 32)
    faults.push('JWT_SECRET is shorter than 32 characters');
  else if (variables.JWT_SECRET !== '' && isGuessableSecret(variables.JWT_SECRET))
    faults.push('JWT_SECRET can be guessed: make one with `openssl rand -base64 32`');
  if (previousJwtSecrets.some((secret) => secret.length < 32))
    faults.push('JWT_SECRET_PREVIOUS has a line shorter than 32 characters');
  if (variables.DATABASE_URL !== '' && !/^postgres(ql)?:\/\//.test(variables.DATABASE_URL))
    faults.push('DATABASE_URL must start with postgres://');
  if (faults.length > 0) throw new ConfigError(faults.join('\n'));
  return {
    ...variables,
    production,
    previousJwtSecrets,
    corsOrigins: listOf(variables.CORS_ORIGINS),
    trustedProxies: listOf(variables.TRUSTED_PROXIES),
    executionProviders: listOf(variables.EXECUTION_PROVIDERS),
    films: {
      // In production, keeping films must be asked for explicitly.
      kind: variables.IMAGE_STORE === '' ? (production ? 'none' : 'disk') : variables.IMAGE_STORE,
      folder: variables.IMAGE_STORE_DIR === '' ? join(variables.DATA_DIR, 'images') : variables.IMAGE_STORE_DIR,
      keepDays: variables.IMAGE_KEEP_DAYS,
    },
  };
}

/** The environment with each secret in its variable, wherever it came from. Unreadable ones are added to `faults`. */
function withSecrets(environment: NodeJS.ProcessEnv, faults: string[]): NodeJS.ProcessEnv {
  const resolved = { ...environment };
  for (const name of secretNames) {
    try {
      resolved[name] = secretOf(environment, name);
    } catch (error) {
      if (!(error instanceof SecretError)) throw error;
      faults.push(error.message);
    }
  }
  return resolved;
}

/** Neither given nor named as a file: an unreadable file is reported already. */
function isMissing(variables: Variables, name: 'DATABASE_URL' | 'JWT_SECRET'): boolean {
  return variables[name] === '' && variables[`${name}_FILE`] === '';
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
