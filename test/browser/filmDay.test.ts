import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import t from 'tap';
import { axeFaults } from './axe.js';
import { noChromium } from './chromium.js';
import { cutOff, type JsonReport, notAnalysed, openFilm, paneBox, type Place, pixels, settled } from './filmPage.js';
import { forTests, otherModel, signedIn } from './running.js';

/** The film page through a working day: whose film it is, slow networks, small screens, and the ways out. */

t.setTimeout(600_000);
const here = forTests(t);

t.test('a day with films', { skip: noChromium }, async (t) => {
  const { running, browser } = here;
  const reader = await signedIn(browser, running, 'radiologist');
  const place: Place = { browser, running, storageState: await reader.storageState() };
  await reader.close();
  const [first, second] = await Promise.all(
    ['nih-00004344_002.jpg', 'nih-00002275_018.jpg'].map((name) => readFile(`annotations/films/${name}`)),
  );
  const patient = { 'x-patient-ref': 'patient 7' };
  // Today's film first, the one from the archive after it.
  const filmId = await running.post(first!, {
    ...patient,
    'x-accession-number': 'A-100602',
    'x-study-date': '2026-11-21',
    'x-label': 'erect',
  });
  const oldId = await running.post(second!, { ...patient, 'x-study-date': '2024-03-12' });

  await t.test('whose film it is stands above it, never in its address or title', async (t) => {
    const { page, faults } = await openFilm(place, filmId);
    const identity = page.locator('.film-current .identity');
    await identity.getByText('A-100602').waitFor();
    t.equal(await identity.innerText(), 'Patient patient 7\nAccession A-100602\nStudy 2026-11-21\nerect');
    t.notMatch(`${page.url()} ${await page.title()}`, /patient|A-100602/);
    t.strictSame(await axeFaults(page), []);
    t.strictSame(faults, []);
    await page.close();
    const operator = await signedIn(browser, running, 'operator');
    const asOperator = await operator.newPage();
    const asked: string[] = [];
    asOperator.on('request', (request) => asked.push(request.url()));
    await asOperator.goto(`/films/${filmId}`);
    await asOperator.locator('.film-current .film-pane[data-quality="full"]').waitFor();
    t.notOk(await asOperator.locator('.identity').first().isVisible(), 'operators are not told');
    t.notOk(asked.some((url) => url.endsWith('/references')));
    await operator.close();
  });

  await t.test('other films of the patient are named by study date, whichever was sent first', async (t) => {
    const { page } = await openFilm(place, filmId);
    await page.locator('.film-current .identity').getByText('patient 7').waitFor();
    await page.keyboard.press('p');
    await page.locator('.film-prior .film-pane[data-quality="full"]').waitFor();
    await settled(page);
    t.equal(await page.locator('.film-prior .compare-bar strong').innerText(), 'PRIOR');
    t.strictSame(await page.getByLabel('Other film of this patient').locator('option').allTextContents(), [
      '2024-03-12',
    ]);
    t.match(await page.locator('.film-prior .identity').innerText(), /patient 7\s+Study 2024-03-12/);
    t.match(await page.locator('.film-current .identity').innerText(), /patient 7[^]*sent by ris/);
    for (const bar of await page.locator('.compare-bar').all()) t.ok((await bar.boundingBox())!.height < 44, 'one row');
    t.strictSame(await cutOff(page), []);
    t.match(await page.locator('.film-foot .beside').innerText(), /other film: W \d+ L \d+/);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.waitForURL(`**/films/${oldId}`);
    await page.locator('.film-current .identity').getByText('2024-03-12').waitFor();
    await page.keyboard.press('p');
    await page.locator('.film-prior .film-pane[data-quality="full"]').waitFor();
    await settled(page);
    t.equal(await page.locator('.film-prior .compare-bar strong').innerText(), 'LATER');
    t.strictSame(await page.getByLabel('Other film of this patient').locator('option').allTextContents(), [
      '2026-11-21 (later), erect',
    ]);
    await page.close();
  });

  await t.test('on a slow network there is a picture beside the verdict at once, marked as a preview', async (t) => {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      baseURL: running.address,
      storageState: place.storageState,
    });
    const page = await context.newPage();
    let release: () => void = () => undefined;
    const later = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route(`**/v1/detections/${filmId}/film`, async (route) => {
      await later;
      await route.continue();
    });
    await page.goto(`/films/${filmId}`);
    await page.locator('.state-line[data-state="findings"]').waitFor();
    await page.locator('.film-current .film-pane[data-quality="preview"]').waitFor();
    t.match(await page.locator('.film-current .film-progress').innerText(), 'PREVIEW 0 %');
    t.equal(await page.locator('.quality').textContent(), 'PREVIEW');
    const pane = await paneBox(page);
    const clip = { x: pane.x + pane.width / 2, y: pane.y + pane.height / 2, width: 40, height: 40 };
    await page.keyboard.press('b');
    const preview = await pixels(page, clip);
    t.ok(Math.max(...preview) > 100, 'not black');
    release();
    await page.locator('.film-current .film-pane[data-quality="full"]').waitFor();
    t.notOk(await page.locator('.film-current .film-progress').isVisible());
    const whole = await pixels(page, clip);
    const apart = whole.reduce((sum, value, i) => sum + Math.abs(value - preview[i]!), 0) / whole.length;
    t.ok(apart < 4, `the preview lies where the film lies: ${apart.toFixed(2)} grey levels apart`);
    await context.close();
  });

  await t.test('from state to state the film keeps its place, and the reason is said once', async (t) => {
    const clear = (report: JsonReport): JsonReport => ({
      ...report,
      state: 'below-threshold',
      filmScore: 0.1,
      detections: [],
      asLogged: { state: 'below-threshold', threshold: 0.459, candidateFloor: 0.108396 },
    });
    const tops = new Map<string, Set<number>>();
    for (const change of [undefined, clear, notAnalysed]) {
      const { page } = await openFilm(place, filmId, change);
      for (const viewport of [
        { width: 1280, height: 800 },
        { width: 1024, height: 768 },
        { width: 390, height: 844 },
      ]) {
        await page.setViewportSize(viewport);
        await settled(page);
        const size = `${viewport.width} × ${viewport.height}`;
        tops.set(size, (tops.get(size) ?? new Set()).add((await paneBox(page)).y));
        if (change === notAnalysed)
          t.equal((await page.locator('.film-page').innerText()).split('It looks like a lateral film').length, 2);
        if (change === clear)
          t.match(
            await page.locator('.film-panel').textContent(),
            new RegExp(
              'No candidate reached 0\\.108, the lowest score that is kept; the highest was 0\\.100\\.' +
                '.*Film score 0\\.100: the highest score anywhere',
            ),
          );
      }
      await page.close();
    }
    for (const [size, of] of tops) t.equal(of.size, 1, `${size}: ${[...of].join(', ')}`);
  });

  await t.test("at 200 % and on a phone's side the film has most of the screen", async (t) => {
    for (const [viewport, touch] of [
      [{ width: 640, height: 400 }, false],
      [{ width: 844, height: 390 }, true],
    ] as const) {
      const { page } = await openFilm(place, filmId, undefined, { viewport, hasTouch: touch, isMobile: touch });
      await settled(page);
      const { height } = await paneBox(page);
      t.ok(height >= 0.6 * viewport.height, `${height} of ${viewport.height} px are film`);
      t.strictSame(await cutOff(page), []);
      await page.locator('.sheet-handle').click();
      t.ok(await page.getByLabel('Show boxes from').isVisible());
      t.ok(await page.locator('#window-width').isVisible());
      await page.close();
    }
  });

  await t.test('on a phone the film has room: beside its tools, another film, and the sheet', async (t) => {
    const { page } = await openFilm(place, filmId, undefined, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    await settled(page);
    const tools = (await page.locator('.film-tools').boundingBox())!.height;
    t.ok(tools < 2.2 * 44, `two rows of tools: ${tools} px`);
    const before = (await paneBox(page)).height;
    await page.locator('.sheet-handle').click();
    await page.getByLabel('Show boxes from').press('Home');
    await settled(page);
    const beside = (await paneBox(page)).height;
    t.ok(beside >= 180, `what the slider shows can be seen: ${beside} of ${before} px are left`);
    await page.locator('.sheet-handle').click();
    await page.getByRole('button', { name: 'Prior' }).click();
    await page.locator('.film-prior .film-pane[data-quality="full"]').waitFor();
    await settled(page);
    const heights = await page
      .locator('.film-stage .film-pane')
      .evaluateAll((panes) => panes.map((pane) => pane.clientHeight));
    t.ok(heights.length === 2 && heights.every((height) => height >= 288), heights.join(', '));
    t.equal(heights[0], heights[1], 'both alike, as linked views need');
    t.strictSame(await cutOff(page), []);
    t.strictSame(await axeFaults(page), []);
    await page.close();
  });

  await t.test('what another film is called can be read in the bar, with and without a study date', async (t) => {
    const undated = { 'x-patient-ref': 'patient 8' };
    const id = await running.post(second!, undated);
    await running.post(first!, undated);
    for (const film of [id, filmId]) {
      const { page } = await openFilm(place, film);
      await page.keyboard.press('p');
      await page.locator('.film-prior .film-pane[data-quality="full"]').waitFor();
      await settled(page);
      t.ok(
        await wordsFit(page, 'Other film of this patient'),
        await page.locator('.film-prior strong').first().innerText(),
      );
      await page.close();
    }
  });

  await t.test('the button of the card of a film that was not analysed is always in sight', async (t) => {
    for (const viewport of [
      { width: 390, height: 844 },
      { width: 640, height: 400 },
    ]) {
      const { page } = await openFilm(place, filmId, notAnalysed, { viewport });
      await settled(page);
      const look = (await page.getByRole('button', { name: 'Look at the film' }).boundingBox())!;
      const pane = await paneBox(page);
      t.ok(look.y >= pane.y && look.y + look.height <= pane.y + pane.height, `${viewport.width} × ${viewport.height}`);
      t.strictSame(await axeFaults(page), []);
      await page.close();
    }
  });

  await t.test('the focus of the film does not outshine it', async (t) => {
    const { page } = await openFilm(place, filmId);
    const ring = await page.locator('.film-current .film-pane').evaluate((pane) => {
      const { borderTopWidth, borderTopColor } = getComputedStyle(pane, '::after');
      return { width: Number.parseFloat(borderTopWidth), grey: Math.max(...borderTopColor.match(/\d+/g)!.map(Number)) };
    });
    t.equal(ring.width, 1);
    t.ok(ring.grey < 200 && ring.grey > 100, 'to be seen, and not white');
    await page.close();
  });

  await t.test('candidates look lighter than findings: gaps in the casing, a rank, and details in focus', async (t) => {
    const { page } = await openFilm(place, filmId);
    await page.getByLabel('Show boxes from').press('Home');
    await page.locator('[data-box][data-status="below"]').first().waitFor();
    await settled(page);
    t.notOk(await page.locator('.classes').isVisible(), 'with a single class there is none to choose');
    const lines = await page.locator('[data-box]').evaluateAll((boxes) =>
      boxes.map((box) => ({
        id: box.getAttribute('data-box')!,
        below: box.getAttribute('data-status') === 'below',
        dashes: [...box.children].map((line) => line.getAttribute('stroke-dasharray')),
      })),
    );
    for (const { below, dashes } of lines) t.strictSame(dashes, below ? ['2 4', '2 4'] : [null, null]);
    const candidate = lines.find(({ below }) => below)!;
    const label = page.locator(`[data-label="${candidate.id}"] text`);
    t.match(await label.textContent(), /^\d+$/, 'a rank alone');
    await page.locator(`[data-box-row="${candidate.id}"]`).hover();
    await settled(page);
    t.match(await label.textContent(), /Lung opacity, score 0\.\d{3}, below 0\.459/);
    await page.close();
  });

  await t.test('a result leaves the page: report, overlay, picture and link', async (t) => {
    const { page, faults } = await openFilm(place, filmId);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: running.address });
    const save = async (name: string | RegExp): Promise<{ name: string; bytes: Buffer }> => {
      await page.locator('.film-current .film-pane').focus();
      await page.keyboard.press('o');
      const download = page.waitForEvent('download');
      await page.getByRole('menuitem', { name }).click();
      const file = await download;
      return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
    };
    const report = await save(/JSON/);
    const logged = await fetch(`${running.address}/v1/detections/${filmId}`, {
      headers: { authorization: `Bearer ${running.token}` },
    });
    t.equal(report.name, `report-${filmId}.json`);
    t.equal(report.bytes.toString(), await logged.text(), 'to the byte as it was logged');
    t.match((await save(/SVG/)).bytes.toString(), /^<svg[^]*FINDINGS: 2 boxes at or above 0\.459/);
    const picture = await save(/PNG/);
    t.notMatch(picture.name, /patient/);
    const { data, info } = await sharp(picture.bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    t.ok(info.width === 1024 && info.height > 1024, 'the whole film, and words below it');
    const cyan = Array.from({ length: data.length / 3 }, (_, i) => data.subarray(3 * i, 3 * i + 3)).filter(
      ([r = 0, g = 0, b = 0]) => b > 200 && b - r > 100 && g - r > 60,
    ).length;
    t.ok(cyan > 2000, `${cyan} px of lines`);
    await page.keyboard.press('o');
    await page.getByRole('menuitem', { name: 'Copy the link' }).click();
    await page.getByText('Link copied').waitFor();
    t.equal(await page.evaluate(() => navigator.clipboard.readText()), `${running.address}/films/${filmId}`);
    await page.locator('.film-current .film-pane').focus();
    await page.keyboard.press('o');
    await page.getByRole('menuitem', { name: 'Copy the picture' }).click();
    await page.getByText('Picture copied').waitFor();
    t.strictSame(
      await page.evaluate(async () => (await navigator.clipboard.read()).flatMap(({ types }) => [...types])),
      ['image/png'],
    );
    t.strictSame(faults, []);
    await page.close();
  });

  await t.test('the key list says what mouse and touch do', async (t) => {
    const { page } = await openFilm(place, filmId);
    await page.keyboard.press('?');
    const words = await page.locator('dialog.help').innerText();
    for (const gesture of [
      'Left drag',
      'Alt + left drag',
      'Middle drag',
      'Right drag',
      'Wheel',
      'Double click',
      'Two fingers',
      'Long press',
    ])
      t.match(words, gesture);
    t.strictSame(await axeFaults(page), []);
    await page.close();
  });

  await t.test('while the server is away nothing is said to be loading', async (t) => {
    const context = await browser.newContext({ baseURL: running.address, storageState: place.storageState });
    const page = await context.newPage();
    await page.goto('/films');
    await page.locator('tr[data-film]').first().waitFor();
    await page.route('**/v1/**', (route) => route.abort());
    await page.locator(`tr[data-film="${filmId}"] a`).click();
    await page
      .locator('.state-line .detail')
      .getByText(/No answer from the server since \d\d:\d\d/)
      .waitFor();
    t.equal(await page.locator('.headline').textContent(), 'NO ANSWER');
    t.notMatch(await page.locator('.film-page').innerText(), /on its way|loading/i);
    await context.close();
  });

  await t.test('what a model says of the whole film is shown and explained', async (t) => {
    const { page } = await openFilm(place, await running.post(first!, { 'x-model': otherModel.name }));
    const words = await page.getByRole('region', { name: 'The whole film' }).innerText();
    t.match(words, /Diffuse edge 0\.500\s+What else the model says/);
    await page.close();
  });

  await t.test('a preset can be read on a narrow screen', async (t) => {
    const { page } = await openFilm(place, filmId, undefined, { viewport: { width: 820, height: 1000 } });
    t.ok(await wordsFit(page, 'Window preset'), '“1 As stored” beside its arrow');
    await page.close();
  });
});

/** Whether the chosen words have room in a field, with 2 em for paddings and arrow. */
function wordsFit(page: Page, label: string): Promise<boolean> {
  return page.getByLabel(label).evaluate((select) => {
    const style = getComputedStyle(select);
    const context = document.createElement('canvas').getContext('2d')!;
    context.font = `${style.fontSize} ${style.fontFamily}`;
    const words = context.measureText((select as HTMLSelectElement).selectedOptions[0]!.text).width;
    return select.clientWidth >= words + 2 * Number.parseFloat(style.fontSize);
  });
}

// The service listens until it is closed: this file does not end by itself.
t.end();
