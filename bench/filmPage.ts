import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { isRecord } from './answers.js';
import type { BenchFilm } from './films.js';
import { markdownTable, milliseconds } from './markdown.js';
import type { BenchOptions } from './options.js';
import { type RunningService, startService } from './service.js';
import { median, quantile } from './statistics.js';

const size = { width: 3000, height: 2500 } as const;
const executablePath = [process.env['CHROMIUM'], process.env['CHROMIUM_PATH'], '/usr/bin/chromium'].find(
  (path) => path !== undefined && existsSync(path),
);

/** The film page on a film of 3000 × 2500 and 16 bits, in Chromium without a GPU: how long until it is there, and how it follows the hand. */
export async function filmPageSection(films: readonly BenchFilm[], options: BenchOptions): Promise<string[]> {
  const heading = ['## The film page', ''];
  if (executablePath === undefined) return [...heading, 'Not measured: there is no Chromium on this machine.', ''];
  const service = await startService(options, { imageStore: 'disk' });
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  });
  try {
    const id = await largeFilm(service, films);
    const opened: Opened[] = [];
    const frames: number[] = [];
    let pane = '';
    for (let round = 0; round < options.rounds; round++) {
      const page = await openPage(browser, service);
      opened.push(await openFilm(page, id));
      pane = await paneSize(page);
      frames.push(...(await framesOfDrag(page, 'middle')), ...(await framesOfDrag(page, 'left')));
      await page.context().close();
    }
    const row = (name: string, values: readonly number[]): string[] => [
      name,
      milliseconds(median(values)),
      milliseconds(quantile(values, 0.95)),
    ];
    return [
      ...heading,
      `A film of ${size.width} × ${size.height} pixels and 16 bits, shown in a pane of ${pane} by Chromium ${browser.version()} with its GPU path off, on the same machine as the service; ${options.rounds} times.`,
      '',
      ...markdownTable(
        ['', 'median', '95th percentile'],
        [
          row(
            'from the report’s answer to its boxes on the screen',
            opened.map(({ boxesMs }) => boxesMs),
          ),
          row(
            'from opening the page to the first pixels',
            opened.map(({ previewMs }) => previewMs),
          ),
          row(
            'from opening the page to all 16 bits',
            opened.map(({ fullMs }) => fullMs),
          ),
          row('time between frames while the film is moved and its window dragged', frames),
        ],
      ),
      '',
    ];
  } finally {
    await browser.close();
    await service.stop();
  }
}

/** Sends films, enlarged, until one has boxes; its id. */
async function largeFilm(service: RunningService, films: readonly BenchFilm[]): Promise<string> {
  let last = '';
  for (const { bytes } of films.slice(0, 10)) {
    const body = await sharp(bytes)
      .resize({ ...size, fit: 'fill' })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    const response = await fetch(service.detections, {
      method: 'POST',
      headers: { ...service.headers, 'content-type': 'image/png' },
      body: new Uint8Array(body),
    });
    const report: unknown = await response.json();
    if (!isRecord(report) || typeof report['id'] !== 'string')
      throw new Error(`a film was answered with ${response.status}`);
    last = report['id'];
    if (report['state'] === 'findings') return last;
  }
  return last;
}

/** The service takes the submitter’s token of the bench; the page is told that somebody is signed in. */
async function openPage(browser: Browser, service: RunningService): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    baseURL: service.base,
    extraHTTPHeaders: { ...service.headers },
  });
  const page = await context.newPage();
  const session = {
    user: { name: 'bench', role: 'submitter' },
    csrfToken: 'none',
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  };
  await page.route('**/v1/session', (route) => route.fulfill({ json: session }));
  await page.addInitScript(watch);
  return page;
}

interface Opened {
  readonly boxesMs: number;
  readonly previewMs: number;
  readonly fullMs: number;
}

/** In the page: when each of these was first there, in ms since it was opened; taken in the frame that shows it. */
const watch = `
  window.seen = {};
  const signs = { boxes: '[data-box]', preview: '.film-pane:is([data-quality=preview], [data-quality=full])', full: '.film-pane[data-quality=full]' };
  const look = () => {
    for (const [name, selector] of Object.entries(signs)) if (!(name in window.seen) && document.querySelector(selector)) window.seen[name] = performance.now();
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);`;

async function openFilm(page: Page, id: string): Promise<Opened> {
  await page.goto(`/films/${id}`);
  await page.locator('.film-pane[data-quality="full"]').waitFor({ timeout: 120_000 });
  const seen: unknown = await page.evaluate(
    '({ ...window.seen, answered: performance.getEntriesByType("resource").find(({ name }) => name.includes("minScore"))?.responseEnd })',
  );
  const at = (name: string): number => (isRecord(seen) && typeof seen[name] === 'number' ? seen[name] : Number.NaN);
  return { boxesMs: at('boxes') - at('answered'), previewMs: at('preview'), fullMs: at('full') };
}

async function paneSize(page: Page): Promise<string> {
  const box = await page.locator('.film-surface').first().boundingBox();
  return box === null ? 'no size' : `${Math.round(box.width)} × ${Math.round(box.height)}`;
}

/** Times between frames, in ms, while the mouse drags across the film. */
async function framesOfDrag(page: Page, button: 'left' | 'middle'): Promise<readonly number[]> {
  await page.evaluate(
    'window.frames_ = []; window.going = true; { let last; const tick = (now) => { if (last !== undefined) window.frames_.push(now - last); last = now; if (window.going) requestAnimationFrame(tick); }; requestAnimationFrame(tick); }',
  );
  await page.mouse.move(500, 300);
  await page.mouse.down({ button });
  for (let i = 0; i < 120; i++) await page.mouse.move(500 + 2 * (i % 60), 300 + i);
  await page.mouse.up({ button });
  const frames: unknown = await page.evaluate('window.going = false, window.frames_');
  if (!Array.isArray(frames)) throw new Error('the page counted no frames');
  return frames.filter((frame) => typeof frame === 'number');
}
