import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import t from 'tap';
import { noChromium } from './chromium.js';
import { notAnalysed, numbers, openFilm, type Place, settled, viewOf } from './filmPage.js';
import { forTests, signedIn } from './running.js';

/** A printed film: its boxes lie where they lie on the screen, and the sheet says everything that the page says. */

t.setTimeout(600_000);
const here = forTests(t);

/** Where something lies on the film: shares of its width and height. */
interface Share {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

t.test('printing a film', { skip: noChromium }, async (t) => {
  const { running, browser } = here;
  const reader = await signedIn(browser, running, 'radiologist');
  const place: Place = { browser, running, storageState: await reader.storageState() };
  await reader.close();
  const film = await readFile('annotations/films/nih-00004344_002.jpg');
  const id = await running.post(film, { 'x-patient-ref': 'patient 7' });
  const folder = t.testdir();

  for (const landscape of [false, true]) {
    await t.test(
      `boxes lie on the same pixels as on the screen, ${landscape ? 'landscape' : 'portrait'}`,
      async (t) => {
        const { page, faults } = await openFilm(place, id);
        // Zoomed and moved: the sheet has the whole film all the same.
        await page.keyboard.press('+');
        const onScreen = await sharesOnScreen(page);
        t.equal(onScreen.length, 2);
        await ready(page);
        const pdf = await page.pdf({ format: 'A4', landscape });
        t.equal((await pagesOf(folder, pdf)).length, 1, 'one sheet');
        const onPaper = await sharesOnPaper((await pagesOf(folder, pdf))[0]!);
        t.equal(onPaper.length, onScreen.length);
        for (const [i, share] of onScreen.entries())
          for (const side of ['left', 'right', 'top', 'bottom'] as const)
            t.ok(
              Math.abs(share[side] - onPaper[i]![side]) < 0.008,
              `${side} of box ${i + 1}: ${share[side].toFixed(3)} of the film on the screen, ` +
                `${onPaper[i]![side].toFixed(3)} on paper`,
            );
        t.strictSame(faults, []);
        await page.close();
      },
    );
  }

  await t.test('the sheet has the state, threshold, model, date, report and the whole notice', async (t) => {
    const { page } = await openFilm(place, id);
    await ready(page);
    const text = await textOf(folder, await page.pdf({ format: 'A4' }));
    const { version, threshold } = running.service.registry.models.get('cxr-opacity')!.spec;
    t.match(text, 'FINDINGS: 2 boxes at or above');
    t.match(text, `cxr-opacity ${version}`);
    t.match(text, id);
    t.match(text, /Research use\. Not for diagnosis\. Scores are not probabilities\./);
    t.match(text, String(threshold.score));
    t.match(text, new RegExp(String(new Date().getFullYear())));
    t.match(text, /Sent[^]*by ris/);
    t.notMatch(text, /Keys|Sign out|Fit|Films/, "and none of the page's controls");
    await page.close();
  });

  await t.test('what the view hides is left out on paper, and the sheet says so', async (t) => {
    const { page } = await openFilm(place, id);
    await page.keyboard.press('b');
    await ready(page);
    const pdf = await page.pdf({ format: 'A4' });
    t.match(await textOf(folder, pdf), /FINDINGS: 2 boxes[^]*AI boxes hidden \(B\)/);
    t.equal((await sharesOnPaper((await pagesOf(folder, pdf))[0]!)).length, 0);
    await page.close();
  });

  await t.test('a film that was not analysed says so on paper, and why', async (t) => {
    const { page } = await openFilm(place, id, notAnalysed);
    await ready(page);
    const text = await textOf(folder, await page.pdf({ format: 'A4' }));
    t.match(text, /NOT ANALYSED: not a frontal chest film[^]*It looks like a lateral film/);
    t.notMatch(text, /normal|at or above/);
    await page.close();
  });

  await t.test('printed before it is ready, the sheet says so and shows no box', async (t) => {
    const { page } = await openFilm(place, id);
    await ready(page);
    await page.keyboard.press('i');
    // In the very moment: the picture of the film turned round is not there yet.
    await page.locator('.print-sheet[data-ready="false"]').waitFor({ state: 'attached' });
    await page.evaluate(() => {
      HTMLCanvasElement.prototype.toBlob = () => undefined;
    });
    const pdf = await page.pdf({ format: 'A4' });
    t.match(await textOf(folder, pdf), 'still being prepared');
    t.equal((await sharesOnPaper((await pagesOf(folder, pdf))[0]!)).length, 0);
    await page.close();
  });

  await t.test('a film covered by the sign-in is covered on paper, too', async (t) => {
    const { page } = await openFilm(place, id);
    await ready(page);
    await page.keyboard.press('?');
    await page.locator('dialog[open]').waitFor();
    t.notMatch(await textOf(folder, await page.pdf({ format: 'A4' })), /FINDINGS|patient 7/);
    await page.close();
  });
});

async function ready(page: Page): Promise<void> {
  await settled(page);
  await page.locator('.print-sheet[data-ready="true"]').waitFor({ state: 'attached' });
}

/** By the outlines that are drawn, whose inner edges are the boxes'. */
async function sharesOnScreen(page: Page): Promise<readonly Share[]> {
  const view = await viewOf(page);
  const size = 1024 * view.scale;
  const cores = await page.locator('.film-current .film-pane [data-box] .core').all();
  const shares = await Promise.all(
    cores.map(async (core) => {
      const line = await numbers(core, ['x', 'y', 'width', 'height', 'stroke-width']);
      const edge = line['stroke-width'] / 2 + 1;
      return {
        left: (line.x + edge - view.x) / size,
        right: (line.x + line.width - edge - view.x) / size,
        top: (line.y + edge - view.y) / size,
        bottom: (line.y + line.height - edge - view.y) / size,
      };
    }),
  );
  return shares.toSorted((a, b) => a.left - b.left);
}

const run = promisify(execFile);

/** The pages of a PDF as pictures of 200 px an inch. */
async function pagesOf(folder: string, pdf: Buffer): Promise<readonly Buffer[]> {
  const path = join(folder, `${pdf.length}.pdf`);
  await writeFile(path, pdf);
  const { stdout } = await run('pdfinfo', [path]);
  const count = Number(/Pages:\s+(\d+)/.exec(stdout)?.[1]);
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const { stdout: png } = await run(
        'pdftoppm',
        ['-r', '200', '-png', '-f', String(i + 1), '-l', String(i + 1), path],
        {
          encoding: 'buffer',
          maxBuffer: 100e6,
        },
      );
      return png;
    }),
  );
}

async function textOf(folder: string, pdf: Buffer): Promise<string> {
  const path = join(folder, `${pdf.length}-text.pdf`);
  await writeFile(path, pdf);
  return (await run('pdftotext', ['-layout', path, '-'])).stdout;
}

/**
 * The boxes on a sheet's picture, as shares of the film. The film is the highest thing on white paper: its rows and
 * columns are filled for a good part. Lines are cyan, and of a length that no letter has.
 */
async function sharesOnPaper(png: Buffer): Promise<readonly Share[]> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const at = (x: number, y: number): readonly [number, number, number] => {
    const i = 3 * (y * width + x);
    return [data[i]!, data[i + 1]!, data[i + 2]!];
  };
  const white = (x: number, y: number): boolean => at(x, y).every((part) => part > 250);
  const cyan = (x: number, y: number): boolean => {
    const [r, g, b] = at(x, y);
    return b > 150 && b - r > 60 && g - r > 40;
  };
  const columns = [...Array(width).keys()];
  const rows = [...Array(height).keys()];
  const filled = (count: number, of: number): boolean => count > 0.3 * of;
  const filledRows = runs(rows.filter((y) => filled(columns.filter((x) => !white(x, y)).length, width)));
  const rowsOfFilm = filledRows.toSorted((a, b) => b.to - b.from - (a.to - a.from))[0]!;
  const [top, bottom] = [rowsOfFilm.from, rowsOfFilm.to + 1];
  const filmRows = rows.slice(top, bottom);
  const filmColumns = columns.filter((x) => filled(filmRows.filter((y) => !white(x, y)).length, filmRows.length));
  const [left, right] = [Math.min(...filmColumns), Math.max(...filmColumns) + 1];
  const lines = runs(filmColumns.filter((x) => longest(filmRows, (y) => cyan(x, y)) > 0.08 * (bottom - top)));
  const boxes: Share[] = [];
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const [from, to] = [lines[i]!, lines[i + 1]!];
    const ys = filmRows.filter((y) => cyan(Math.round((from.from + from.to) / 2), y));
    const share = (value: number, low: number, high: number): number => (value - low) / (high - low);
    // Inside the line lies its casing: one unit, a thousandth of the film.
    boxes.push({
      left: share(from.to + 1, left, right) + 0.001,
      right: share(to.from, left, right) - 0.001,
      top: share(Math.min(...ys), top, bottom) + 0.003,
      bottom: share(Math.max(...ys) + 1, top, bottom) - 0.003,
    });
  }
  return boxes;
}

/** Neighbouring numbers as one. */
function runs(numbers: readonly number[]): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last !== undefined && number <= last.to + 2) last.to = number;
    else found.push({ from: number, to: number });
  }
  return found;
}

function longest(places: readonly number[], holds: (place: number) => boolean): number {
  let run = 0;
  let most = 0;
  for (const place of places) {
    run = holds(place) ? run + 1 : 0;
    most = Math.max(most, run);
  }
  return most;
}

// The service listens until it is closed: this file does not end by itself.
t.end();
