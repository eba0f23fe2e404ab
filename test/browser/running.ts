import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { pino } from 'pino';
import type t from 'tap';
import { readConfig } from '../../src/config.js';
import { type Service, startService } from '../../src/service.js';
import { copyEmbeddedLog } from '../backends.js';
import { writeTinyModel } from '../engine/tinyModel.js';
import { startPostgres } from '../postgres.js';
import { noChromium, openChromium } from './chromium.js';

/** The whole service with the page, and people who may use it. */
export interface Running {
  readonly service: Service;
  readonly address: string;
  /** A token of a submitter, for films that the page is to find there. */
  readonly token: string;
  /** Sends a film as a hospital system does; the id of its report. */
  post(bytes: Uint8Array, headers?: Readonly<Record<string, string>>): Promise<string>;
  /** Settings of another service like this one, with a log of its own, in a folder of the caller's. */
  settingsBeside(dataFolder: string): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

export const people = {
  radiologist: { name: 'reader', password: 'only for tests, reader' },
  operator: { name: 'operator', password: 'only for tests, operator' },
} as const;

/** The network that films are sent to where nothing else is said: its scores are what these tests know. */
export const model = 'cxr-opacity';

/** Beside it, for films that ask for it: another licence, and an attribute of boxes, always 0.5. */
export const otherModel = {
  name: 'brightness-nc',
  version: '2.1.0',
  licence: 'CC-BY-NC-ND-4.0',
  intendedUse: 'Tests of the page',
  classes: [
    { name: 'bright', title: 'Bright field', colour: '#ff0000', role: 'lesion' },
    { name: 'diffuse', title: 'Diffuse edge', colour: '#00ff00', role: 'attribute' },
  ],
  threshold: { score: 0.3, source: 'made up' },
} as const;

/** The page is under test: one decoder and one runner start fastest. */
const oneChildEach = { EXECUTION_PROVIDERS: 'cpu', RUNNERS: '1', DECODERS: '1' } as const;

/** Builds the page as `npm run build` does and starts the service on a free port. */
export async function startRunning(settings: Readonly<Record<string, string>> = {}): Promise<Running> {
  // The loaders that tap gives to its tests are not for this program.
  const built = promisify(execFile)(process.execPath, ['scripts/build-viewer.mjs'], {
    env: { PATH: process.env['PATH'] },
  });
  // A server is made in a fraction of the time that the embedded database takes.
  const [postgres] = await Promise.all([startPostgres(), built]);
  const folder = await mkdtemp(join(tmpdir(), 'lesion-browser-'));
  const models = join(folder, 'models');
  await cp(join('models', model), join(models, model), { recursive: true });
  await writeTinyModel(models, { ...otherModel, classes: [...otherModel.classes] });
  if (postgres === undefined) await copyEmbeddedLog(join(folder, 'data'));
  const settingsWith = async (dataFolder: string, database: string) => ({
    ...oneChildEach,
    PORT: '0',
    DATA_DIR: dataFolder,
    IMAGE_STORE: 'disk',
    MODELS_DIR: models,
    MODEL: model,
    LOGINS_PER_MINUTE: '1000',
    DATABASE_URL: (await postgres?.createDatabase(database)) ?? '',
  });
  const config = readConfig({ ...(await settingsWith(join(folder, 'data'), 'browser')), ...settings });
  const service = await startService(config, pino({ level: 'silent' }));
  await service.accounts.addUser({ ...people.radiologist, role: 'radiologist' });
  await service.accounts.addUser({ ...people.operator, role: 'operator' });
  const { token } = await service.accounts.issueToken({ subject: 'ris', role: 'submitter', lifetimeS: 3600 });
  return {
    service,
    address: service.address,
    token,
    async post(bytes, headers = {}) {
      const response = await fetch(`${service.address}/v1/detections`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream', ...headers },
        body: new Uint8Array(bytes),
      });
      const answer = (await response.json()) as { readonly id?: string };
      if (response.status !== 201 || answer.id === undefined)
        throw new Error(`The film was answered with ${response.status}: ${JSON.stringify(answer)}`);
      return answer.id;
    },
    settingsBeside: (dataFolder) => settingsWith(dataFolder, 'beside'),
    async close() {
      await service.close();
      await postgres?.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A running service and a browser, for the tests of a file: opened before the first, closed after the last. */
export function forTests(tests: Pick<typeof t, 'before' | 'after'>): {
  readonly running: Running;
  readonly browser: Browser;
} {
  let here: { readonly running: Running; readonly browser: Browser } | undefined;
  tests.before(async () => {
    if (noChromium === false) here = { running: await startRunning(), browser: await openChromium() };
  });
  tests.after(async () => {
    await here?.browser.close();
    await here?.running.close();
  });
  const started = () => {
    if (here === undefined) throw new Error('There is no browser.');
    return here;
  };
  return {
    get running() {
      return started().running;
    },
    get browser() {
      return started().browser;
    },
  };
}

/** A browser of its own kind of user: signed in, nothing stored before. */
export async function signedIn(
  browser: Browser,
  { address }: Running,
  who: keyof typeof people,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, baseURL: address, ...options });
  const answer = await context.request.post('/v1/session', { data: people[who], headers: { origin: address } });
  if (!answer.ok()) throw new Error(`Signing in was answered with ${answer.status()}: ${await answer.text()}`);
  return context;
}

const shared = new WeakMap<Browser, Map<string, Promise<BrowserContext>>>();
const desk = { width: 1280, height: 800 };

/**
 * A page in a context that the tests of a file share: a context of its own costs Chromium more CPU than the page does.
 * Nothing that another page stored is there. Close the page, not the context.
 *
 * @param key contexts of the same key and options are one
 * @param open makes the context, with options but the size of the window, which belongs to the page
 */
export async function sharedPage(
  browser: Browser,
  key: string,
  { viewport = desk, ...options }: BrowserContextOptions,
  open: (options: BrowserContextOptions) => Promise<BrowserContext>,
): Promise<Page> {
  const contexts = shared.get(browser) ?? new Map<string, Promise<BrowserContext>>();
  shared.set(browser, contexts);
  const kind = `${key} ${JSON.stringify(options)}`;
  const context = contexts.get(kind) ?? open({ viewport, ...options });
  contexts.set(kind, context);
  const page = await (await context).newPage();
  await page.setViewportSize(viewport ?? desk);
  await page.addInitScript(() => {
    // Once a page: what it stores itself stays when it is loaded again.
    if (sessionStorage.getItem('of a test') === null) localStorage.clear();
    sessionStorage.setItem('of a test', 'begun');
  });
  return page;
}

/** A page of somebody who is signed in. What ends the session needs a context of its own: `signedIn`. */
export function pageOf(
  browser: Browser,
  running: Running,
  who: keyof typeof people,
  options: BrowserContextOptions = {},
): Promise<Page> {
  return sharedPage(browser, `${running.address} ${who}`, options, (rest) => signedIn(browser, running, who, rest));
}

/** Everything that a page must not do: errors, refusals of its own policy, questions to elsewhere. */
export function watched(page: Page, address: string): readonly string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) faults.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(address) && !/^(data|blob):/.test(request.url()))
      faults.push(`asks ${request.url()}`);
  });
  return faults;
}
