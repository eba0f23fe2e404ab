import closeWithGrace from 'close-with-grace';
import { type Logger, pino } from 'pino';
import { type Config, readConfig } from './config.js';
import type { TrialAccess } from './firstStart.js';
import type { Registry } from './registry/index.js';
import { type Service, startService } from './service.js';

/**
 * Starts the service, says how to use it, and stops it gracefully on SIGTERM and SIGINT. The first accounts are made
 * before it listens: whoever waits until it is ready finds them printed.
 */
export async function runService(environment: NodeJS.ProcessEnv): Promise<void> {
  const config = readConfig(environment);
  const logger = pino({ level: config.LOG_LEVEL });
  const stopping = new AbortController();
  try {
    await startService(config, logger, async (service) => {
      for (const line of modelLines(service.registry)) logger.info({ part: 'models' }, line);
      stopOnSignals(service, { config, logger, stopping });
      if (config.production) return () => undefined;
      const access = await firstAccess(service, { config, logger, stopping });
      return (address) => process.stdout.write(welcome(config, { ...service, address }, access));
    });
  } catch (error) {
    // Told to stop while it started, it has closed its database.
    if (!stopping.signal.aborted) throw error;
  }
}

interface Run {
  readonly config: Config;
  readonly logger: Logger;
  /** Aborted when the service is told to stop. */
  readonly stopping: AbortController;
}

function stopOnSignals(service: Pick<Service, 'close'>, { config, logger, stopping }: Run): void {
  // Films in flight may use their whole deadline. Then the last connections are cut, and films waiting to be kept get
  // ten seconds.
  closeWithGrace({ delay: config.DEADLINE_MS + 20_000 }, async ({ err }) => {
    stopping.abort();
    if (err !== undefined) logger.fatal({ err }, 'stopping because of an error');
    await service.close();
  });
}

async function firstAccess(
  service: Pick<Service, 'app' | 'accounts'>,
  { config, logger, stopping }: Run,
): Promise<TrialAccess> {
  const { trialAccess } = await import('./firstStart.js');
  let isTold = false;
  const onWait = (err: Error): void => {
    if (!isTold) logger.warn({ err }, 'the database is away: the service waits for it to make its first accounts');
    isTold = true;
  };
  return trialAccess(service, config.DATA_DIR, { signal: stopping.signal, onWait });
}

const exampleFilm = 'annotations/films/nih-00004344_002.jpg';

function welcome(
  config: Config,
  { address, registry, engine, database }: Omit<Service, 'close'>,
  access: TrialAccess,
): string {
  return [
    '',
    `Lesion detector at ${address} (API: ${address}/docs): open it in a browser, drop films on the page`,
    '  Research use only. Not for diagnosis.',
    ...modelLines(registry).map((line, i) => `  ${i === 0 ? 'models' : '      '}    ${line}`),
    `  runs on   ${engine.status().provider ?? ''}`,
    `  log       ${database.durability}`,
    `  films     ${filmsLine(config.films)}`,
    ...(access.accounts.length === 0 ? [] : ['', 'Sign in as (passwords are shown this once):']),
    ...access.accounts.map(({ name, role, password }) => `  ${name.padEnd(9)} ${password}  (${role})`),
    ...(access.present.length === 0 ? [] : ['', presentLine(access.present)]),
    '',
    'Post a film:',
    `curl -sS -H 'Authorization: Bearer ${access.submitterToken}' -F image=@${exampleFilm} ${address}/v1/detections`,
    '',
    `Embedded log and secrets are in ${config.DATA_DIR}. With NODE_ENV=production, none is printed,`,
    'and only the key of the log is made.',
    '',
  ].join('\n');
}

function presentLine(names: readonly string[]): string {
  const passwd = 'npm run -s cli -- user passwd NAME --generate';
  return `Accounts with passwords from an earlier start: ${names.join(', ')}. For a new one: ${passwd}`;
}

function filmsLine({ kind, keepDays, folder }: Config['films']): string {
  if (kind === 'none') return 'not kept';
  return `kept ${keepDays} days in ${folder} for viewing (IMAGE_STORE=none keeps none)`;
}

/** Every served model, the default first, with its licence restrictions, so that nobody serves one unknowingly. */
export function modelLines({ models, defaultModel }: Registry): string[] {
  const specs = [...models.values()]
    .map(({ spec }) => spec)
    .sort((a, b) => Number(b.name === defaultModel) - Number(a.name === defaultModel));
  return specs.map(({ name, version, licence }) => {
    const terms = /\bNC\b/.test(licence) ? `licence ${licence}: NOT FOR COMMERCIAL USE` : `licence ${licence}`;
    return `${name} ${version}, ${terms}${name === defaultModel ? '' : ' (for films that name it)'}`;
  });
}
