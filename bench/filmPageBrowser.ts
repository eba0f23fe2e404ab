import type { Browser, Page } from 'playwright-core';
import { isRecord } from './answers.js';
import type { RunningService } from './service.js';

/** A page that takes somebody to be signed in; its requests carry the token of the bench. */
export async function openPage(browser: Browser, service: RunningService): Promise<Page> {
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

export interface Opened {
  readonly boxesMs: number;
  readonly previewMs: number;
  readonly fullMs: number;
}

/** Runs in the page: when each of these first showed, in ms since the page was opened; taken in that frame. */
const watch = `
  window.seen = {};
  const signs = {
    boxes: '[data-box]',
    preview: '.film-pane:is([data-quality=preview], [data-quality=full])',
    full: '.film-pane[data-quality=full]',
  };
  const look = () => {
    for (const [name, selector] of Object.entries(signs))
      if (!(name in window.seen) && document.querySelector(selector)) window.seen[name] = performance.now();
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);`;

export async function openFilm(page: Page, id: string): Promise<Opened> {
  await page.goto(`/films/${id}`);
  await page.locator('.film-pane[data-quality="full"]').waitFor({ timeout: 120_000 });
  const seen: unknown = await page.evaluate(
    `const view = performance.getEntriesByType('resource').find(({ name }) => name.includes('minScore'));
    ({ ...window.seen, answered: view?.responseEnd })`,
  );
  const at = (name: string): number => (isRecord(seen) && typeof seen[name] === 'number' ? seen[name] : Number.NaN);
  return { boxesMs: at('boxes') - at('answered'), previewMs: at('preview'), fullMs: at('full') };
}

export async function paneSize(page: Page): Promise<string> {
  const box = await page.locator('.film-surface').first().boundingBox();
  return box === null ? 'no size' : `${Math.round(box.width)} × ${Math.round(box.height)}`;
}

/** Runs in the page: collects the times between frames until `going` is false. */
const countFrames = `
  window.frames_ = [];
  window.going = true;
  {
    let last;
    const tick = (now) => {
      if (last !== undefined) window.frames_.push(now - last);
      last = now;
      if (window.going) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }`;

/** Times between frames, in ms, while the mouse drags across the film. */
export async function framesOfDrag(page: Page, button: 'left' | 'middle'): Promise<readonly number[]> {
  await page.evaluate(countFrames);
  await page.mouse.move(500, 300);
  await page.mouse.down({ button });
  for (let i = 0; i < 120; i++) await page.mouse.move(500 + 2 * (i % 60), 300 + i);
  await page.mouse.up({ button });
  const frames: unknown = await page.evaluate('window.going = false, window.frames_');
  if (!Array.isArray(frames)) throw new Error('the page counted no frames');
  return frames.filter((frame) => typeof frame === 'number');
}
