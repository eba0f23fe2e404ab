import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { type Running, sharedPage, watched } from './running.js';

/** The film page as tests hold it: opened, looked at, and worked. */

export interface Place {
  readonly browser: Browser;
  readonly running: Running;
  readonly storageState: Awaited<ReturnType<BrowserContext['storageState']>>;
}

export type JsonReport = Readonly<Record<string, unknown>>;

/** Opens a film as the radiologist; `change` stands between service and page. Waits for state and all pixels.
 * Close the page, not its context, which other films share. */
export async function openFilm(
  { browser, running, storageState }: Place,
  id: string,
  change?: (report: JsonReport) => JsonReport,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; faults: readonly string[] }> {
  const cookies = storageState.cookies.map(({ value }) => value).join(' ');
  const page = await sharedPage(browser, `${running.address} ${cookies}`, options, (rest) =>
    browser.newContext({ baseURL: running.address, storageState, ...rest }),
  );
  const faults = watched(page, running.address);
  if (change !== undefined) {
    await page.route(`**/v1/detections/${id}?*`, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: change((await response.json()) as JsonReport) });
    });
  }
  await page.goto(`/films/${id}`);
  await page.locator('.state-line:not([data-state="waiting"])').waitFor();
  await page.locator('.film-current .film-pane[data-quality="full"]').waitFor();
  return { page, faults };
}

export function notAnalysed({
  threshold: _t,
  filmScore: _f,
  attributes: _a,
  detections: _d,
  asLogged: _l,
  ...report
}: JsonReport): JsonReport {
  return {
    ...report,
    state: 'not-analysed',
    reason: { code: 'not-a-frontal-chest-film', detail: 'It looks like a lateral film.' },
  };
}

export interface Box {
  readonly id: string;
  readonly score: number;
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

export async function reported({ address, token }: Running, id: string): Promise<readonly Box[]> {
  const response = await fetch(`${address}/v1/detections/${id}`, { headers: { authorization: `Bearer ${token}` } });
  return ((await response.json()) as { detections: Box[] }).detections;
}

/** Waits until a change is on the screen: told in one frame, drawn in the next, sharp once the film rests. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let still = 0; still < 4; still = document.querySelector('.film-pane[data-moving]') === null ? still + 1 : 0)
      await new Promise((resolve) => {
        requestAnimationFrame(resolve);
      });
  });
}

/** Words and controls of the film page that reach out of their part of it, or lie under another. */
export async function cutOff(page: Page): Promise<readonly string[]> {
  await settled(page);
  return page.evaluate(() =>
    [
      ...document.querySelectorAll<HTMLElement>(
        '.state-line :is(.headline, .detail, .quality, .notice), .compare-bar :is(strong, span, select, ' +
          'input, button), .film-foot :is(label, input), .bar :is(a, button, select, summary)',
      ),
    ].flatMap((node) => {
      const { left, right, top, bottom, width, height } = node.getBoundingClientRect();
      if (
        !node.checkVisibility() ||
        width === 0 ||
        node.closest('.only-read, .skip, .menu > div') !== null ||
        getComputedStyle(node).clipPath !== 'none'
      )
        return [];
      const place = (
        node.closest('.film-prior, .film-current, .state-line, .bar, .film-foot') ?? document.body
      ).getBoundingClientRect();
      const outside =
        left < place.left - 1 ||
        right > place.right + 1 ||
        top < place.top - 1 ||
        bottom > place.bottom + 1 ||
        right > innerWidth + 1 ||
        bottom + scrollY > document.documentElement.scrollHeight + 1;
      const on = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      const covered = !outside && on !== null && !node.contains(on) && !on.contains(node);
      return outside || covered
        ? [
            `${outside ? 'outside' : 'covered'}: ${node.outerHTML.slice(0, 90)} ` +
              [left, top, width, height].map(Math.round).join(' '),
          ]
        : [];
    }),
  );
}

export async function lineAttributes(page: Page): Promise<Readonly<Record<string, string>>> {
  await settled(page);
  return page
    .locator('.state-line')
    .evaluate((line) => Object.fromEntries([...line.attributes].map(({ name, value }) => [name, value])));
}

export async function viewOf(page: Page): Promise<{ scale: number; x: number; y: number }> {
  await settled(page);
  const view = await numbers(page.locator('.film-current .film-pane'), ['data-scale', 'data-x', 'data-y']);
  return { scale: view['data-scale'], x: view['data-x'], y: view['data-y'] };
}

export async function numbers<Name extends string>(
  locator: Locator,
  names: readonly Name[],
): Promise<Readonly<Record<Name, number>>> {
  return locator.evaluate(
    (node, wanted) =>
      Object.fromEntries(wanted.map((name) => [name, Number(node.getAttribute(name))])) as Record<Name, number>,
    names,
  );
}

export async function paneBox(page: Page): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await page.locator('.film-current .film-surface').boundingBox();
  if (box === null) throw new Error('There is no film pane.');
  return box;
}

/** Zooms by the wheel about the middle of the pane until one film px is `zoom` screen px. */
export async function zoomTo(page: Page, zoom: number): Promise<void> {
  const pane = await paneBox(page);
  await page.mouse.move(pane.x + pane.width / 2, pane.y + pane.height / 2);
  const { scale } = await viewOf(page);
  // 40 px of the wheel are a factor of e^0.08.
  await page.mouse.wheel(0, (-Math.log(zoom / scale) / 0.08) * 40);
  await page.waitForFunction(
    (old) => Number(document.querySelector<HTMLElement>('.film-current .film-pane')?.dataset['scale']) !== old,
    scale,
  );
}

export async function drag(
  page: Page,
  from: { x: number; y: number },
  by: { x: number; y: number },
  button: 'left' | 'middle' | 'right',
): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down({ button });
  await page.mouse.move(from.x + by.x / 2, from.y + by.y / 2);
  await page.mouse.move(from.x + by.x, from.y + by.y);
  await page.mouse.up({ button });
  await settled(page);
}

type Clip = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

/** What is on the screen there, as raw RGB. */
export async function pixels(page: Page, clip: Clip): Promise<Buffer> {
  await settled(page);
  return sharp(await page.screenshot({ clip }))
    .removeAlpha()
    .raw()
    .toBuffer();
}

export async function greysOf(page: Page, clip: Clip): Promise<number[]> {
  const rgb = await pixels(page, clip);
  return Array.from({ length: rgb.length / 3 }, (_, i) => rgb[3 * i]!);
}
