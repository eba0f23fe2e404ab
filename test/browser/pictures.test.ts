import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import sharp from 'sharp';
import t from 'tap';
import { createDetectionLog } from '../../src/log/index.js';
import { seededRandom } from '../../src/random.js';
import { entry } from '../log/entries.js';
import { noChromium, openChromium } from './chromium.js';
import { drawnFilm } from './drawnFilm.js';
import { type JsonReport, notAnalysed, openFilm, settled } from './filmPage.js';
import { type Running, signedIn, startRunning } from './running.js';

/**
 * Takes the pictures of the documentation, `npm run pictures`: of drawn films, by the model that is served
 * where nothing else is said (or the one that MODEL names).
 */
const folder = process.env['SCREENSHOTS'];
const desk = { viewport: { width: 1280, height: 800 } };
const tablet: BrowserContextOptions = { viewport: { width: 768, height: 1024 }, hasTouch: true, isMobile: true };

t.setTimeout(600_000);
t.test(
  "the documentation's pictures",
  { skip: noChromium === false ? folder === undefined && 'SCREENSHOTS names no folder' : noChromium },
  async (t) => {
    const running = await startRunning({ MODELS_DIR: 'models', MODEL: process.env['MODEL'] ?? '' });
    t.teardown(() => running.close());
    const browser = await openChromium();
    t.teardown(() => browser.close());
    const picture = async (name: string, page: Page): Promise<void> => {
      await settled(page);
      // 256 colours show the page as it is, in a third of the bytes.
      await sharp(await page.screenshot())
        .png({ palette: true, colours: 256, effort: 10 })
        .toFile(join(folder ?? '', `viewer-${name}.png`));
    };
    const drawn = await drawnFilm();

    await t.test('the list, with films just sent', async (t) => {
      const { context, page } = await at(browser, running, 'radiologist', '/');
      const chooser = page.waitForEvent('filechooser');
      await page.getByRole('button', { name: 'Send films' }).click();
      await (
        await chooser
      ).setFiles([
        { name: 'drawn film.png', mimeType: 'image/png', buffer: drawn },
        { name: 'the same, mirrored.png', mimeType: 'image/png', buffer: await sharp(drawn).flop().png().toBuffer() },
        {
          name: 'the same, out of focus.png',
          mimeType: 'image/png',
          buffer: await sharp(drawn).blur(30).png().toBuffer(),
        },
        { name: 'drawn film, copied.png', mimeType: 'image/png', buffer: drawn },
        { name: 'report.txt', mimeType: 'text/plain', buffer: Buffer.from('a text') },
      ]);
      await page.locator('.queue li[data-upload="done"]').nth(2).waitFor({ timeout: 60_000 });
      await page.waitForFunction(
        () =>
          [...document.querySelectorAll<HTMLImageElement>('img[data-thumbnail]')].filter(
            ({ complete, naturalWidth }) => complete && naturalWidth > 0,
          ).length === 3,
      );
      await page.locator('.said').filter({ hasNotText: /./ }).waitFor({ state: 'attached' });
      await page.mouse.move(640, 740);
      await picture('films', page);
      t.equal(await page.locator('tr[data-film]').count(), 3);
      await context.close();
    });

    await t.test('films', async (t) => {
      await running.post(
        await sharp(drawn).rotate(2, { background: '#0a0a0a' }).resize(1000, 1000, { fit: 'cover' }).png().toBuffer(),
        { 'x-patient-ref': 'drawn', 'x-study-date': '2024-03-12' },
      );
      const id = await running.post(drawn, { 'x-patient-ref': 'drawn', 'x-study-date': '2026-11-21' });
      const reader = await signedIn(browser, running, 'radiologist');
      const place = { browser, running, storageState: await reader.storageState() };
      const film = async (
        name: string,
        options: BrowserContextOptions,
        { change, act }: { change?: (report: JsonReport) => JsonReport; act?: (page: Page) => Promise<unknown> } = {},
      ): Promise<void> => {
        const { page } = await openFilm(place, id, change, options);
        if (change === undefined)
          t.equal(
            await page.locator('.state-line').getAttribute('data-state'),
            'findings',
            'the drawing has to have a finding',
          );
        // As after a click in the list: no ring of the keyboard's focus.
        await page.locator('.headline').click();
        await act?.(page);
        await picture(name, page);
        await page.close();
      };
      await film('film', desk);
      await film('film-tablet', tablet, { act: (page) => page.locator('.sheet-handle').click() });
      await film('not-analysed', desk, { change: notAnalysed });
      await film('compare', desk, {
        act: async (page) => {
          await page.keyboard.press('p');
          await page.locator('.film-prior .film-pane[data-quality="full"]').waitFor();
        },
      });
      await reader.close();
    });

    await t.test('the statistics of made-up days', async () => {
      await writeDays(running);
      const { context, page } = await at(browser, running, 'operator', '/operators/statistics', {
        viewport: { width: 1280, height: 1720 },
      });
      await page.getByRole('row', { name: /^All films/ }).waitFor();
      await page.waitForFunction(() =>
        [...document.querySelectorAll<HTMLImageElement>('.plots img')].every(
          ({ complete, naturalWidth }) => complete && naturalWidth > 0,
        ),
      );
      await picture('statistics', page);
      await context.close();
    });
  },
);

async function at(
  browser: Browser,
  running: Running,
  who: 'radiologist' | 'operator',
  path: string,
  options: BrowserContextOptions = desk,
) {
  const context = await signedIn(browser, running, who, options);
  const page = await context.newPage();
  await page.goto(path);
  return { context, page };
}

/** A month of rows that no film stands behind, more of them on working days: what operators see of a busy service. */
async function writeDays({ service }: Running): Promise<void> {
  const log = createDetectionLog(service.database);
  const random = seededRandom(11);
  const { registry } = service;
  const models = [...registry.models.values()].toSorted(
    (a, b) => Number(b.spec.name === registry.defaultModel) - Number(a.spec.name === registry.defaultModel),
  );
  const dayMs = 86_400_000;
  const now = Date.now();
  for (let ago = 29; ago >= 0; ago--) {
    const noon = new Date(now - ago * dayMs).setUTCHours(0, 0, 0, 0);
    const weekend = [0, 6].includes(new Date(noon).getUTCDay());
    const films = Math.round((weekend ? 4 : 14) * (0.7 + 0.6 * random()));
    for (let film = 0; film < films; film++) {
      const score = random() ** 2;
      const served = models[random() < 0.8 ? 0 : models.length - 1];
      if (served === undefined) throw new Error('No model is served.');
      const { spec, specSha256 } = served;
      const state = random() < 0.04 ? 'not-analysed' : score >= spec.threshold.score ? 'findings' : 'below-threshold';
      const made = entry({
        state,
        filmScore: Math.max(0.06, score),
        submitter: ['ris', 'ward 3', 'clinic'][Math.floor(2.2 * random())] ?? 'ris',
        at: new Date(noon + Math.floor((ago === 0 ? (now - noon) / dayMs : 1) * random() * dayMs)),
      });
      const report = {
        ...made.report,
        model: { name: spec.name, version: spec.version, specSha256, onnxSha256: spec.onnxSha256 },
        timings: {
          queueMs: 20 * random() ** 4,
          decodeMs: 10 + 8 * random(),
          inferMs: 60 + 30 * random() ** 3,
          postMs: 0.4,
        },
      };
      await log.append({ ...made, report, reportText: JSON.stringify(report) });
    }
  }
}

// The service listens until it is closed: this file does not end by itself.
t.end();
