import type { Page } from 'playwright-core';
import sharp from 'sharp';
import t from 'tap';
import { createDetectionLog } from '../../src/log/index.js';
import { entry } from '../log/entries.js';
import { axeFaults } from './axe.js';
import { noChromium } from './chromium.js';
import { forTests, pageOf, signedIn, watched } from './running.js';

/** The list as a worklist, over a working day: it keeps its place, tells what came, and says whose films they are. */

const film = 'annotations/films/nih-00004344_002.jpg';
const skip = noChromium;
t.setTimeout(600_000);
const here = forTests(t);

t.before(async () => {
  if (noChromium !== false) return;
  const log = createDetectionLog(here.running.service.database);
  const hourMs = 3_600_000;
  const { registry } = here.running.service;
  const served = registry.models.get(registry.defaultModel)!;
  for (let i = 0; i < 130; i++) {
    const made = entry({
      at: new Date(Date.now() - (i + 1) * hourMs),
      state: i % 9 === 0 ? 'not-analysed' : i % 2 === 0 ? 'findings' : 'below-threshold',
      filmScore: i % 2 === 0 ? 0.5 + i / 300 : 0.1,
      submitter: i % 4 === 0 ? 'ward 3' : 'ris',
      references: { patientRef: `P-${i % 40}`, accessionNumber: `A-${i}` },
    });
    const { spec, specSha256 } = served;
    const model = { name: spec.name, version: spec.version, specSha256, onnxSha256: spec.onnxSha256 };
    const report = { ...made.report, model };
    await log.append({ ...made, report, reportText: JSON.stringify(report) });
  }
});

async function at(
  path = '/films',
  options: Parameters<typeof signedIn>[3] = {},
): Promise<{ page: Page; faults: readonly string[] }> {
  const page = await pageOf(here.browser, here.running, 'radiologist', options);
  const faults = watched(page, here.running.address);
  await page.goto(path);
  await page.locator('tr[data-film]').first().waitFor();
  return { page, faults };
}

/** The same film with a corner of another grey. */
async function variant(level: number): Promise<Buffer> {
  const corner = { width: 2, height: 2, channels: 3 as const, background: { r: level, g: level, b: level } };
  return sharp(film)
    .composite([{ input: { create: corner }, left: 0, top: 0 }])
    .jpeg()
    .toBuffer();
}

const focusedFilm = (page: Page) =>
  page.evaluate(
    () => document.activeElement?.closest('tr')?.getAttribute('data-film') ?? document.activeElement?.tagName,
  );

t.test('after a film the list is as it was: rows, scroll position, focus, filter and search', { skip }, async (t) => {
  const { page, faults } = await at();
  const rows = page.locator('tr[data-film]');
  t.match(await page.locator('.list-status').textContent(), /^50 of 130 films$/, 'with the total');
  await page.getByRole('button', { name: 'Show older films' }).click();
  await rows.nth(99).waitFor();
  const id = (await rows.nth(80).getAttribute('data-film')) ?? '';
  await rows.nth(80).evaluate((row) => {
    row.scrollIntoView({ block: 'center' });
  });
  t.ok((await page.evaluate(() => window.scrollY)) > 1000);
  // Where the reader sees it: what stands above may have grown by a row.
  const top = () => rows.nth(80).evaluate((row) => Math.round(row.getBoundingClientRect().top));
  const before = await top();
  await rows.nth(80).getByRole('link').click();
  await page.waitForURL(`**/films/${id}`);
  for (const back of ['the back button', 'the link'] as const) {
    if (back === 'the link') await page.getByRole('link', { name: 'Films', exact: true }).click();
    else await page.goBack();
    await rows.nth(99).waitFor();
    t.equal(await rows.count(), 100, back);
    t.equal(await focusedFilm(page), id);
    const now = await top();
    t.ok(Math.abs(now - before) < 80, `at its place: ${now}, was ${before}`);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/films/${id}`);
  }

  await page.getByRole('link', { name: 'Films', exact: true }).click();
  await page.getByLabel('State').selectOption('findings');
  await page.getByLabel('Search for').fill('P-2');
  await page.getByLabel('Search for').press('Enter');
  await page.waitForFunction(() => document.querySelectorAll('tr[data-film]').length < 10);
  const found = await rows.count();
  t.ok(found > 0);
  await rows.first().getByRole('link').click();
  await page.waitForURL(/\/films\/[0-9a-f-]{36}$/);
  await page.getByRole('link', { name: 'Films', exact: true }).click();
  await rows.first().waitFor();
  t.equal(await rows.count(), found);
  t.equal(await page.getByLabel('Search for').inputValue(), 'P-2');
  t.equal(await page.getByLabel('State').inputValue(), 'findings');
  t.match(page.url(), 'state=findings');
  t.notMatch(page.url(), 'P-2', 'and still no patient in the address');
  t.strictSame(faults, []);
  await page.close();
});

t.test('films that arrive while the list is open are announced, and shown on request', { skip }, async (t) => {
  const { page } = await at();
  const first = await page.locator('tr[data-film]').first().getAttribute('data-film');
  const session = async () =>
    ((await (await page.context().request.get('/v1/session')).json()) as { expiresAt: string }).expiresAt;
  const ends = await session();
  const ids = [await here.running.post(await variant(10)), await here.running.post(await variant(20))];
  const chip = page.getByRole('button', { name: '2 new films' });
  await chip.waitFor({ timeout: 60_000 });
  t.equal(await page.locator('tr[data-film]').first().getAttribute('data-film'), first, 'no row moves under the hand');
  t.equal(await session(), ends, 'looking is no use of the session');
  await chip.click();
  await page.locator(`tr[data-film="${ids[1]}"]`).waitFor();
  t.strictSame(
    await page
      .locator('tr[data-film]')
      .evaluateAll((rows) => rows.slice(0, 3).map((row) => row.getAttribute('data-film'))),
    [ids[1], ids[0], first],
  );
  t.equal(await chip.count(), 0);
  await page.close();
});

t.test('the list is ordered by score, boxes and time, and says so in its address', { skip }, async (t) => {
  const { page } = await at();
  const scores = () => page.locator('td.score').evaluateAll((cells) => cells.map((cell) => Number(cell.textContent)));
  await page.getByRole('button', { name: 'Score' }).click();
  await page.locator('th.score[aria-sort="descending"]').waitFor();
  await page.waitForURL('**/films?sort=-filmScore');
  await page.waitForFunction(() => document.querySelector('.films')?.getAttribute('aria-busy') === null);
  const down = await scores();
  t.strictSame(
    down,
    down.toSorted((a, b) => b - a),
  );
  t.equal(await page.evaluate(() => document.activeElement?.closest('th')?.className), 'score', 'the focus stays');
  await page.getByLabel('Order').selectOption('boxCount');
  await page.waitForURL('**/films?sort=boxCount');
  await page.reload();
  t.equal(await page.getByLabel('Order').inputValue(), 'boxCount');
  await page.close();
});

t.test('the list says whose film it is, and a film keeps its name', { skip }, async (t) => {
  const { page } = await at();
  await page.getByLabel('Patient ref.').fill('P-of-list');
  await page.getByLabel('Accession no.').fill('A-of-list');
  await page.getByLabel('Study date').fill('2026-11-');
  const files = { name: 'Thorax 7.jpg', mimeType: 'image/jpeg', buffer: await variant(30) };
  const choose = async () => {
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Send films' }).click();
    await (await chooser).setFiles(files);
  };
  await choose();
  await page.getByText('the study date is not a date').waitFor();
  t.equal(await page.locator('.queue li').count(), 0, 'half a date is not left out silently');
  await page.getByLabel('Study date').fill('2026-11-02');
  await page.getByLabel('file names as labels').check();
  await choose();
  await page.locator('.queue li[data-upload="done"]').waitFor({ timeout: 60_000 });
  await page.reload();
  const row = page.locator('tr[data-film]').filter({ hasText: 'P-of-list' });
  await row.waitFor();
  const cells = async (...columns: string[]) =>
    Promise.all(columns.map((column) => row.locator(`td.${column}`).textContent()));
  t.equal(await row.getByRole('link').textContent(), 'Thorax 7.jpg', 'after the page was loaded anew');
  t.strictSame(await cells('patient', 'study'), ['P-of-listA-of-list', '2026-11-02']);
  const id = (await row.getAttribute('data-film')) ?? '';
  const names = await page.locator('td.name a').allTextContents();
  t.notOk(
    names.some((name) => name.includes('…') || name.includes(id.slice(-8))),
    'no film is called by half an id',
  );

  const operator = await signedIn(here.browser, here.running, 'operator');
  const theirs = await operator.newPage();
  await theirs.goto('/films');
  await theirs.locator(`tr[data-film="${id}"]`).waitFor();
  t.notMatch(await theirs.content(), /P-of-list|A-of-list|Thorax 7/, 'operators are not told');
  await operator.close();
  await page.close();
});

for (const [width, height, least] of [
  [390, 844, 4],
  [1024, 768, 6],
  [1280, 800, 9],
  [640, 400, 1],
] as const) {
  t.test(`${least} films or more fit on the first screen of ${width} × ${height}`, { skip }, async (t) => {
    const touch = width < 1280 ? { hasTouch: true, isMobile: true } : {};
    const { page } = await at('/films', { viewport: { width, height }, ...touch });
    const seen = await page.evaluate(() => {
      const foot = document.querySelector('.foot')!.getBoundingClientRect().top;
      return {
        rows: [...document.querySelectorAll('tr[data-film]')].filter(
          (row) => row.getBoundingClientRect().bottom <= Math.min(foot, innerHeight),
        ).length,
        heights: [...new Set([...document.querySelectorAll('tr[data-film]')].map((row) => row.clientHeight))],
        beside: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      };
    });
    t.ok(seen.rows >= least, `${seen.rows} rows`);
    t.equal(seen.beside, 0, 'nothing lies beside the page');
    t.ok(Math.max(...seen.heights) - Math.min(...seen.heights) <= 2, `no row wraps: ${seen.heights.join(', ')}`);
    if (width === 1280) {
      await page.getByLabel('State').selectOption('findings');
      await page.getByRole('button', { name: 'Show all' }).waitFor();
      const fields = (await page.locator('.filters').boundingBox())!.height;
      t.ok(fields < 2 * 44, `filters in one row, whatever is chosen: ${fields} px`);
    }
    if (width < 1100) {
      t.notOk(await page.getByLabel('State').isVisible(), 'filters are folded');
      t.notOk(await page.getByLabel('Patient ref.').isVisible(), 'and so is what is typed before sending');
      await page.getByRole('button', { name: 'Filter' }).click();
      await page.getByLabel('State').selectOption('findings');
      await page.getByRole('button', { name: 'Filter (1)' }).waitFor();
      await page.getByRole('button', { name: 'Send films' }).click();
      t.ok(await page.getByLabel('Patient ref.').isVisible());
      t.match(await page.locator('td.name .more').first().textContent(), /^score .* sent /, 'a date is cut, no score');
      if (width === 390) t.strictSame(await axeFaults(page), []);
      await page.route('**/v1/**', (route) => route.abort());
      await page.getByRole('button', { name: 'Refresh' }).click();
      const away = page.locator('[data-connection="away"]');
      await away.waitFor();
      const { x, width: words } = (await away.boundingBox())!;
      t.ok(x >= 0 && x + words <= width, `that the server is away can be read: ${x} to ${x + words} px`);
    }
    await page.close();
  });
}

t.test(
  'on a screen of 3840 × 2160 text keeps its size in mm, and the eye can follow a row of the list',
  { skip },
  async (t) => {
    const { page } = await at('/films', { viewport: { width: 3840, height: 2160 } });
    const row = page.locator('tr[data-state="not-analysed"]').first();
    t.equal(await row.evaluate((node) => getComputedStyle(node).fontSize), '22.5px');
    t.ok((await row.boundingBox())!.width <= 2640);
    const reason = row.locator('.state-tag > span');
    t.ok(
      await reason.evaluate((node) => node.scrollWidth <= node.clientWidth),
      'why a film was not analysed is not cut',
    );
    t.strictSame(await axeFaults(page), []);
    await page.setViewportSize({ width: 3440, height: 1440 });
    t.equal(
      await row.evaluate((node) => getComputedStyle(node).fontSize),
      '15px',
      'a wide screen has pixels as others',
    );
    await page.close();
  },
);

t.test('the foot is one line with the notice; models and licences are under “About”', { skip }, async (t) => {
  const { page } = await at();
  const foot = page.locator('.foot');
  t.equal(await foot.textContent(), 'Research use. Not for diagnosis. Scores are not probabilities.');
  t.ok((await foot.evaluate((node) => node.clientHeight)) < 32);
  await page.locator('.menu summary').click();
  await page.getByRole('button', { name: 'About' }).click();
  const about = page.getByRole('dialog', { name: 'About this service' });
  await about.getByText('Apache-2.0').waitFor();
  t.match(await about.textContent(), /Lung opacity.*Films are kept 30 days/s);
  t.strictSame(
    await about.locator('td.number').allTextContents(),
    ['0.459', '0.300'],
    'thresholds have three digits, as everywhere',
  );
  await page.close();
});

t.test('an unknown address says so on the page, with a link back', { skip }, async (t) => {
  const { page } = await at();
  await page.goto('/nowhere');
  await page.getByRole('heading', { name: 'Nothing here' }).waitFor();
  t.strictSame(await axeFaults(page), []);
  await page.getByRole('link', { name: 'Go to the list of films' }).click();
  await page.locator('tr[data-film]').first().waitFor();
  await page.close();
});

// The service listens until it is closed: this file does not end by itself.
t.end();
