import closeWithGrace from 'close-with-grace';
import { pino } from 'pino';
import { type Config, readConfig } from './config.js';
import type { TrialAccess } from './firstStart.js';
import type { Registry } from './registry/index.js';
import { type Service, startService } from './service.js';

/** Starts the service, says how to use it, and stops it gracefully on SIGTERM and SIGINT. */
export async function runService(environment: NodeJS.ProcessEnv): Promise<void> {
  const config = readConfig(environment);
  const logger = pino({ level: config.LOG_LEVEL });
  const service = await startService(config, logger);
  for (const line of modelLines(service.registry)) logger.info({ part: 'models' }, line);
  const stopping = new AbortController();
  // Films in flight may use their whole deadline. Then the last connections are cut, and films waiting to be kept get
  // ten seconds.
  closeWithGrace({ delay: config.DEADLINE_MS + 20_000 }, async ({ err }) => {
    stopping.abort();
    if (err !== undefined) logger.fatal({ err }, 'stopping because of an error');
    await service.close();
  });
  if (config.production) return;
  try {
    const { trialAccess } = await import('./firstStart.js');
    process.stdout.write(welcome(config, service, await trialAccess(service, config.DATA_DIR)));
  } catch (error) {
    // If told to stop while accounts were being made, the service has already closed its database.
    if (!stopping.signal.aborted) throw error;
  }
}

const exampleFilm = 'annotations/films/nih-00004344_002.jpg';

function welcome(config: Config, { address, registry, engine, database }: Service, access: TrialAccess): string {
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
    '',
    'Post a film:',
    `curl -sS -H 'Authorization: Bearer ${access.submitterToken}' -F image=@${exampleFilm} ${address}/v1/detections`,
    '',
    `Embedded log and secrets are in ${config.DATA_DIR}. With NODE_ENV=production, none are made or printed.`,
    '',
  ].join('\n');
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
