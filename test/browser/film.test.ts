import { readFile } from 'node:fs/promises';
import type { Locator } from 'playwright-core';
import sharp from 'sharp';
import t from 'tap';
import { photograph } from '../gate/pictures.js';
import { axeFaults } from './axe.js';
import { noChromium, openChromium } from './chromium.js';
import {
  type Box,
  cutOff,
  drag,
  greysOf,
  lineAttributes,
  numbers,
  openFilm,
  paneBox,
  pixels,
  type Place,
  reported,
  settled,
  viewOf,
  zoomTo,
} from './filmPage.js';
import { model, otherModel, people, signedIn, startRunning } from './running.js';

/** The film page in a real browser, on the running service with the network that ships and real films. */

// A busy machine takes its time to start the service.
t.setTimeout(600_000);

t.test('the film page', { skip: noChromium }, async (t) => {
  const running = await startRunning();
  t.teardown(() => running.close());
  const browser = await openChromium();
  t.teardown(() => browser.close());

  // Signed in once: a password costs its hash each time.
  const reader = await signedIn(browser, running, 'radiologist');
  const place: Place = { browser, running, storageState: await reader.storageState() };
  await reader.close();

  const [first, second] = await Promise.all(
    ['nih-00004344_002.jpg', 'nih-00002275_018.jpg'].map((name) => readFile(`annotations/films/${name}`)),
  );
  const priorId = await running.post(second!, { 'x-patient-ref': 'patient-1' });
  const filmId = await running.post(first!, { 'x-patient-ref': 'patient-1' });
  // A ramp is no film to the gate of the network that ships.
  const deepId = await running.post(await ramp16(), { 'x-model': otherModel.name });
  const { spec } = running.service.registry.models.get(model)!;
  const { score } = spec.threshold;
  const threshold = score.toFixed(3);

  await t.test('shows boxes at the right pixels of the screen, and lines of one width at every zoom', async (t) => {
    const { page, faults } = await openFilm(place, filmId);
    const detections = await reported(running, filmId);
    t.ok(detections.length > 0, 'the film has boxes');
    t.match(await lineAttributes(page), { 'data-state': 'findings', 'data-threshold': threshold });
    for (const zoom of [undefined, 0.2, 8]) {
      if (zoom !== undefined) await zoomTo(page, zoom);
      const view = await viewOf(page);
      const outlines = page.locator('[data-box]');
      t.equal(await outlines.count(), detections.length);
      for (const [i, { id, score, box }] of detections.entries()) {
        const outline = page.locator(`[data-box="${id}"]`);
        t.equal(Number(await outline.getAttribute('data-score')), score);
        const core = await numbers(outline.locator('.core'), ['x', 'y', 'width', 'height', 'stroke-width']);
        t.equal(core['stroke-width'], 2, `line of box ${i + 1} at zoom ${zoom ?? 'fit'}`);
        // The middle of the line lies 1 px of casing and half a line outside the true edge, on whole pixels.
        t.ok(Math.abs(core['x'] + 2 - (box.x * view.scale + view.x)) <= 1, 'left edge');
        t.ok(Math.abs(core['y'] + 2 - (box.y * view.scale + view.y)) <= 1, 'upper edge');
        t.ok(Math.abs(core['x'] + core['width'] - 2 - ((box.x + box.width) * view.scale + view.x)) <= 1, 'right edge');
        t.ok(core['x'] + 2 <= box.x * view.scale + view.x + 1e-6, 'never inside the box');
      }
    }
    t.strictSame(faults, []);
    await page.close();
  });

  await t.test('covers no pixel inside a box', async (t) => {
    // Another box may lie over this one: only the best is there.
    const { page } = await openFilm(place, filmId, (report) => ({
      ...report,
      detections: (report['detections'] as Box[]).slice(0, 1),
    }));
    const [top] = await reported(running, filmId);
    const view = await viewOf(page);
    const pane = await paneBox(page);
    const clip = {
      x: Math.ceil(pane.x + top!.box.x * view.scale + view.x),
      y: Math.ceil(pane.y + top!.box.y * view.scale + view.y),
      width: Math.floor(top!.box.width * view.scale) - 1,
      height: Math.floor(top!.box.height * view.scale) - 1,
    };
    const withBoxes = await pixels(page, clip);
    await page.keyboard.down('h');
    await page.locator('[data-box]').first().waitFor({ state: 'detached' });
    t.strictSame(await viewOf(page), view, 'nothing moves when boxes go');
    t.match(await lineAttributes(page), { 'data-hidden-by': 'key' });
    t.ok((await pixels(page, clip)).equals(withBoxes), 'the same with and without boxes');
    await page.keyboard.up('h');
    await page.locator('[data-box]').first().waitFor();
    await page.keyboard.down('h');
    await page.locator('[data-box]').first().waitFor({ state: 'detached' });
    await page.evaluate(() => window.dispatchEvent(new Event('blur')));
    await page.locator('[data-box]').first().waitFor();
    await page.keyboard.up('h');
    await page.close();
  });

  await t.test('zooms at the pointer, moves, sets the window and measures by the mouse', async (t) => {
    const { page } = await openFilm(place, filmId);
    const pane = await paneBox(page);
    const at = { x: pane.x + 300, y: pane.y + 200 };
    const under = async (): Promise<{ x: number; y: number }> => {
      const view = await viewOf(page);
      return { x: (300 - view.x) / view.scale, y: (200 - view.y) / view.scale };
    };
    const before = await under();
    const scale = (await viewOf(page)).scale;
    await page.mouse.move(at.x, at.y);
    await page.mouse.wheel(0, -500);
    await page.waitForFunction(
      (old) => Number(document.querySelector<HTMLElement>('.film-current .film-pane')?.dataset['scale']) > old * 1.5,
      scale,
    );
    const after = await under();
    t.ok(
      Math.hypot(after.x - before.x, after.y - before.y) * (await viewOf(page)).scale < 1,
      'the film point under the pointer stays there',
    );

    const moved = await viewOf(page);
    await drag(page, at, { x: 40, y: 30 }, 'middle');
    t.match(await viewOf(page), { scale: moved.scale, x: moved.x + 40, y: moved.y + 30 }, 'the middle button moves');

    const width = page.locator('#window-width');
    const level = page.locator('#window-level');
    const [w, l] = [Number(await width.inputValue()), Number(await level.inputValue())];
    await drag(page, at, { x: 200, y: 0 }, 'left');
    t.ok(Number(await width.inputValue()) > w, 'right is wider');
    await drag(page, at, { x: 0, y: 200 }, 'left');
    t.ok(Number(await level.inputValue()) > l, 'down is a higher level, darker');
    const dragged = await width.inputValue();
    await page.mouse.move(at.x, at.y);
    await page.mouse.down();
    await page.mouse.move(at.x + 90, at.y + 90);
    await settled(page);
    await page.keyboard.press('Escape');
    await settled(page);
    const aborted = await width.inputValue();
    await page.mouse.up();
    t.equal(aborted, dragged, 'Escape breaks a drag off');
    await page.keyboard.press('1');
    await settled(page);
    t.ok((await width.inputValue()) === String(w), 'a preset brings the window back');

    await drag(page, at, { x: 0, y: -100 }, 'right');
    t.ok((await viewOf(page)).scale > moved.scale, 'the right button zooms');
    t.equal(await page.getByRole('menu').count(), 0, 'and opens no menu then');
    t.match(
      await page.locator('.film-tools').innerText(),
      /Fit\s+Actual\s+Boxes/,
      'one word a tool beside its picture',
    );
    await page.keyboard.press('i');
    await page.mouse.click(at.x, at.y, { button: 'right' });
    await page.getByRole('menuitem', { name: 'Undo invert' }).click();
    await page.mouse.click(at.x, at.y, { button: 'right' });
    await page.getByRole('menuitem', { name: 'Invert', exact: true }).waitFor();
    await page.getByRole('menuitem', { name: 'Fit the film' }).click();
    const fit = await viewOf(page);
    t.ok(Math.abs(fit.scale - scale) < 1e-6);

    await page.keyboard.press('d');
    await page.mouse.click(at.x, at.y);
    await page.mouse.click(at.x + 120, at.y + 50);
    // 130 px of the screen: √(120² + 50²).
    t.equal(await page.locator('.distance-list span').first().textContent(), `${(130 / fit.scale).toFixed(1)} px`);
    await page.keyboard.press('Delete');
    await page.locator('[data-measure]').waitFor({ state: 'detached' });
    await page.close();
  });

  await t.test('inverts exactly, and shows a 16-bit film at its full depth', async (t) => {
    const { page, faults } = await openFilm(place, deepId);
    await page.locator('.film-current .film-pane[data-quality="full"]').waitFor();
    t.equal(await page.locator('.quality').textContent(), 'FULL 16-bit');
    const pane = await paneBox(page);
    const view = await viewOf(page);
    const clip = {
      x: Math.ceil(pane.x + view.x) + 6,
      y: pane.y + Math.round(pane.height / 2),
      width: Math.floor(512 * view.scale) - 12,
      height: 1,
    };
    await page.keyboard.press('b');
    await page.locator('#window-width').fill('64');
    await page.locator('#window-level').fill('2048');
    await page.locator('#window-level').press('Enter');
    const narrow = await greysOf(page, clip);
    t.ok(new Set(narrow).size >= 60, `a window of 64 values has ${new Set(narrow).size} greys`);
    await page.locator('.film-current .film-pane').focus();
    await page.keyboard.press('i');
    const inverted = await greysOf(page, clip);
    t.ok(
      narrow.every((grey, i) => Math.abs(255 - grey - inverted[i]!) <= 1),
      'once is 255 − grey',
    );
    await page.keyboard.press('i');
    t.strictSame(await greysOf(page, clip), narrow, 'twice is as before');
    t.strictSame(faults, []);
    await page.close();
  });

  await t.test('the slider, classes and B change the view and never what was reported', async (t) => {
    // This film has a candidate below the threshold.
    const { page } = await openFilm(place, priorId);
    const all = await reported(running, priorId);
    const headline = await page.locator('.headline').textContent();
    const slider = page.getByLabel('Show boxes from');
    await slider.focus();
    await page.keyboard.press('End');
    await page.locator('[data-box]').first().waitFor({ state: 'detached' });
    t.match(await lineAttributes(page), { 'data-state': 'findings', 'data-view': '1.000', 'data-hidden-by': 'slider' });
    t.match(await page.locator('.chips').textContent(), `${all.length} of ${all.length} boxes hidden by your slider`);
    await page.getByRole('button', { name: 'Reset view' }).click();
    t.match(await lineAttributes(page), { 'data-view': threshold });

    await slider.focus();
    await page.keyboard.press('Home');
    await page.locator('[data-status="below"][data-box]').first().waitFor();
    const dash = await page.locator('[data-status="below"][data-box] .core').first().getAttribute('stroke-dasharray');
    t.ok(dash !== null, 'candidates are dashed');
    t.equal(await page.locator('.headline').textContent(), headline, 'the words and the count stay');
    t.equal(await page.locator('.boxes h2 .count').textContent(), String(all.length));
    await page.getByRole('button', { name: 'Reset view' }).click();

    t.notOk(await page.locator('.classes').isVisible(), 'of a single class there is nothing to choose');
    await page.locator('.film-current .film-pane').focus();
    await page.keyboard.press('b');
    await page.locator('[data-box]').first().waitFor({ state: 'detached' });
    await settled(page);
    t.match(await page.locator('.chips').textContent(), 'AI boxes hidden (B)');
    await page.close();
  });

  await t.test('works by keyboard alone', async (t) => {
    const { page } = await openFilm(place, filmId);
    const [top] = await reported(running, filmId);
    await page.keyboard.press('.');
    await page.locator(`[data-box="${top!.id}"][data-emphasis="selected"]`).waitFor();
    t.equal(await page.locator(`[data-box-row="${top!.id}"]`).getAttribute('aria-pressed'), 'true');
    await page.keyboard.press('Escape');
    await page.locator('[data-emphasis="selected"]').waitFor({ state: 'detached' });
    const { scale, x } = await viewOf(page);
    await page.keyboard.press('+');
    await page.waitForFunction(
      (old) => Number(document.querySelector<HTMLElement>('.film-current .film-pane')?.dataset['scale']) > old,
      scale,
    );
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('=');
    await page.waitForFunction(
      (old) =>
        Math.abs(Number(document.querySelector<HTMLElement>('.film-current .film-pane')?.dataset['x']) - old) < 0.01,
      x,
    );
    await page.keyboard.press('t');
    t.equal(await page.evaluate(() => document.activeElement?.id), 'view-threshold');
    await page.locator('.film-current .film-pane').focus();
    await page.keyboard.press('PageDown');
    await page.waitForURL(`**/films/${priorId}`);
    await page.close();
  });

  await t.test('shows an earlier film of the same patient beside it, with zoom and move linked', async (t) => {
    const { page, faults } = await openFilm(place, filmId);
    await page.keyboard.press('p');
    const prior = page.locator('.film-prior .film-pane');
    await page.locator('.film-prior .film-pane[data-quality="full"]').waitFor();
    t.equal(await prior.locator('[data-box]').count(), 0, 'its boxes are off at first');
    t.ok(await page.locator('.film-prior .badge').isVisible(), 'its own state is said');
    t.match(
      await page.locator('.film-prior .badge label').getAttribute('title'),
      /off at first/,
      'and why no box is there',
    );
    t.ok(await page.getByLabel('Move both together').isChecked());
    t.strictSame(
      await page.locator('.film-stage .sender').allTextContents(),
      ['sent by ris', 'sent by ris'],
      'and who sent each',
    );
    const scaleOf = async (pane: Locator): Promise<number> => {
      await settled(page);
      return Number(await pane.getAttribute('data-scale'));
    };
    const current = page.locator('.film-current .film-pane');
    const before = [await scaleOf(current), await scaleOf(prior)];
    await current.focus();
    await page.keyboard.press('+');
    const linked = [await scaleOf(current), await scaleOf(prior)];
    t.ok(
      Math.abs(linked[0]! / before[0]! - 1.25) < 1e-6 && Math.abs(linked[1]! / before[1]! - 1.25) < 1e-6,
      'both zoom',
    );
    await page.keyboard.press('l');
    await page.keyboard.press('+');
    t.ok((await scaleOf(current)) > linked[0]! && (await scaleOf(prior)) === linked[1], 'unlinked, only one does');
    const leftOf = async (pane: Locator): Promise<number> => Math.round((await pane.boundingBox())?.x ?? -1);
    await page.keyboard.down('s');
    await page.locator('.film-stage[data-blink="true"]').waitFor();
    t.equal(
      await leftOf(prior),
      await leftOf(current),
      'S lays the earlier film over the current one while it is held',
    );
    await page.keyboard.up('s');
    await page.locator('.film-stage[data-blink="false"]').waitFor();
    t.ok((await leftOf(prior)) < (await leftOf(current)));
    await page.keyboard.press('=');
    await settled(page);
    t.ok(
      Math.abs((await scaleOf(current)) - before[0]!) < 1e-6 && Math.abs((await scaleOf(prior)) - before[1]!) < 1e-6,
      'each film is fitted by its own size',
    );
    await page.keyboard.press('p');
    await prior.waitFor({ state: 'detached' });
    t.strictSame(faults, []);
    await page.close();
  });

  await t.test('a film that was not analysed is covered with the reason, and has nothing to set', async (t) => {
    const { page, faults } = await openFilm(place, await running.post(await photograph()));
    t.match(await lineAttributes(page), { 'data-state': 'not-analysed' });
    t.ok(
      await page
        .locator('.film-cover')
        .getByText(/in colour/)
        .isVisible(),
    );
    t.notOk(await page.locator('#view-threshold').isVisible());
    t.notOk(await page.locator('.classes').isVisible());
    t.equal(await page.locator('.boxes h2 .count').textContent(), '–');
    await page.keyboard.press('b');
    t.notOk((await lineAttributes(page))['data-hidden-by'], 'B does nothing');
    t.notMatch(await page.locator('.film-page').innerText(), /normal|score/i);
    await page.getByRole('button', { name: 'Look at the film' }).click();
    t.ok(await page.locator('.film-cover .hatch').isVisible(), 'the hatched edge stays');
    t.strictSame(await axeFaults(page), []);
    t.strictSame(faults, []);
    await page.close();
  });

  await t.test('a state that the page does not know is shown as not analysed', async (t) => {
    const { page } = await openFilm(place, filmId, (report) => ({ ...report, state: 'fine' }));
    t.match(await lineAttributes(page), { 'data-state': 'not-analysed' });
    t.match(await page.locator('.headline').textContent(), 'unreadable answer');
    t.equal(await page.locator('[data-box]').count(), 0);
    await page.close();
  });

  await t.test(
    'a film below the threshold says what was not looked for, and looks different from the other states',
    async (t) => {
      const { page } = await openFilm(
        place,
        await running.post(await readFile('annotations/films/nih-00003291_001.jpg')),
      );
      t.match(await lineAttributes(page), { 'data-state': 'below-threshold', 'data-threshold': threshold });
      t.equal(await page.locator('.headline').textContent(), `NO LUNG OPACITY at or above ${threshold}`);
      t.match(
        await page.locator('.detail').textContent(),
        'Other disease was not looked for. This does not say the film is normal.',
      );
      t.equal(
        await page.locator('.state-badge').evaluate((badge) => getComputedStyle(badge).backgroundColor),
        'rgba(0, 0, 0, 0)',
        'an outline, not a fill',
      );
      t.strictSame(await axeFaults(page), []);
      await page.close();
    },
  );

  await t.test('passes the accessibility checks at both sizes, and names what may not be forgotten', async (t) => {
    for (const viewport of [
      { width: 1280, height: 800 },
      { width: 1024, height: 768 },
      { width: 768, height: 1024 },
    ]) {
      const { page } = await openFilm(place, filmId, undefined, { viewport });
      t.strictSame(await axeFaults(page), [], `${viewport.width} × ${viewport.height}`);
      t.equal(await page.locator('.notice').textContent(), `RESEARCH USE${model} ${spec.version} · ${spec.licence}`);
      t.ok(await page.locator('.notice').isVisible());
      t.equal(
        await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
        true,
        'nothing is cut off at the side',
      );
      await page.close();
    }
  });

  await t.test('a film of another model than the default: its own licence, classes and attributes', async (t) => {
    const id = await running.post(first!, { 'x-model': otherModel.name });
    const { page, faults } = await openFilm(place, id);
    t.equal(await page.locator('.notice').textContent(), `RESEARCH USE${otherModel.name} 2.1.0 · CC-BY-NC-ND-4.0`);
    await page.locator('.notice').click();
    const sheet = await page.getByRole('region', { name: 'Model, licence and limits' }).innerText();
    t.match(sheet, /Licence\s+CC-BY-NC-ND-4\.0\s+Intended use\s+Tests of the page\s+Looked for\s+Bright field/);
    await page.keyboard.press('Escape');
    t.match(await page.locator('.detail').textContent(), 'Looked for: bright field. Other disease was not looked for.');
    const [top] = await reported(running, id);
    t.match(await page.locator(`[data-box-row="${top!.id}"]`).innerText(), /Bright field[^]*Diffuse edge\s+0\.500/);
    await page.locator('.film-current .film-pane').focus();
    await page.keyboard.press('.');
    await page.locator(`[data-box="${top!.id}"][data-emphasis="selected"]`).waitFor();
    await settled(page);
    t.match(
      await page.locator(`[data-label="${top!.id}"] tspan`).allTextContents(),
      [`1 Bright field, score ${top!.score.toFixed(3)}`, 'Diffuse edge 0.500', `${otherModel.name} 2.1.0`],
      'beside the box, too',
    );
    t.strictSame(await axeFaults(page), []);
    t.strictSame(faults, []);
    await page.close();
  });

  await t.test('states no licence for a model that is no longer served', async (t) => {
    const { page } = await openFilm(place, filmId, (report) => ({
      ...report,
      model: { ...(report['model'] as object), version: '0.9.0' },
    }));
    t.equal(await page.locator('.notice').textContent(), `RESEARCH USE${model} 0.9.0 · licence unknown`);
    await page.close();
  });

  await t.test('if the session ends on the film page, nothing that was set or marked is lost', async (t) => {
    const context = await signedIn(browser, running, 'radiologist');
    const { page } = await openFilm({ ...place, storageState: await context.storageState() }, filmId);
    const pane = await paneBox(page);
    await page.locator('#window-width').fill('111');
    await page.locator('#window-width').press('Enter');
    await page.getByLabel('Show boxes from').press('Home');
    await page.locator('.film-current .film-pane').focus();
    await page.keyboard.press('d');
    await page.mouse.click(pane.x + 300, pane.y + 200);
    await page.mouse.click(pane.x + 400, pane.y + 200);
    await zoomTo(page, 2);
    const [view, line] = [await viewOf(page), await lineAttributes(page)];
    const { csrfToken } = (await (await context.request.get('/v1/session')).json()) as { csrfToken: string };
    t.equal(
      (
        await context.request.delete('/v1/session', { headers: { 'x-csrf-token': csrfToken, origin: running.address } })
      ).status(),
      204,
    );
    await page.keyboard.press('p');
    const cover = page.getByRole('dialog', { name: 'Your session has ended' });
    await cover.getByLabel('Password', { exact: true }).fill(people.radiologist.password);
    await page.keyboard.press('Enter');
    await cover.waitFor({ state: 'detached' });
    // What was asked for goes on: the earlier film comes, and goes again.
    await page.locator('.film-prior .film-pane[data-quality="full"]').waitFor();
    await page.keyboard.press('p');
    await page.locator('.film-prior').waitFor({ state: 'detached' });
    t.equal(await page.locator('#window-width').inputValue(), '111');
    t.strictSame(await lineAttributes(page), line);
    t.equal((await viewOf(page)).scale, view.scale);
    t.equal(await page.locator('[data-measure]').count(), 1);
    await page.close();
    await context.close();
  });

  await t.test(
    'at 200 % text size everything is there, on a desktop and on a tablet, and the film keeps its room',
    async (t) => {
      const large = await openChromium({ textPx: 32 });
      t.teardown(() => large.close());
      for (const [width, height, leastFilm] of [
        [1280, 800, 300],
        [768, 1024, 300],
      ] as const) {
        const { page } = await openFilm({ ...place, browser: large }, filmId, undefined, {
          viewport: { width, height },
        });
        const size = `${width} × ${height}`;
        await settled(page);
        t.ok((await paneBox(page)).height >= leastFilm, `${(await paneBox(page)).height} px of film at ${size}`);
        t.strictSame(await cutOff(page), [], `nothing is cut off at ${size}`);
        t.equal(
          await page.locator('[data-label] text').first().getAttribute('font-size'),
          '30',
          'labels on the film are as large as asked for',
        );
        t.strictSame(await axeFaults(page), [], size);
        await page.keyboard.press('p');
        await page.locator('.film-prior .film-pane[data-quality="full"]').waitFor();
        t.strictSame(await cutOff(page), [], `nor beside an earlier film at ${size}`);
        await page.close();
      }
    },
  );

  await t.test('a comparison fits a tablet', async (t) => {
    for (const viewport of [
      { width: 1024, height: 768 },
      { width: 768, height: 1024 },
    ]) {
      const { page } = await openFilm(place, filmId, undefined, { viewport, hasTouch: true, isMobile: true });
      await page.getByRole('button', { name: 'Prior' }).click();
      await page.locator('.film-prior .film-pane[data-quality="full"]').waitFor();
      t.strictSame(await cutOff(page), [], `${viewport.width} × ${viewport.height}`);
      t.strictSame(await axeFaults(page), []);
      await page.close();
    }
  });

  await t.test('one finger moves the film, two zoom it, a tap selects a box', async (t) => {
    const { page } = await openFilm(place, filmId, undefined, {
      viewport: { width: 768, height: 1024 },
      hasTouch: true,
      isMobile: true,
    });
    const pane = await paneBox(page);
    const session = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...points: { x: number; y: number; id: number }[]) =>
      session.send('Input.dispatchTouchEvent', { type, touchPoints: points });
    const [cx, cy] = [pane.x + 300, pane.y + 250];
    const before = await viewOf(page);
    await touch('touchStart', { x: cx, y: cy, id: 1 });
    for (let i = 1; i <= 5; i++) await touch('touchMove', { x: cx + 10 * i, y: cy + 6 * i, id: 1 });
    await touch('touchEnd');
    const moved = await viewOf(page);
    t.ok(moved.x > before.x + 20 && moved.scale === before.scale, 'one finger moves');
    await touch('touchStart', { x: cx - 40, y: cy, id: 1 }, { x: cx + 40, y: cy, id: 2 });
    for (let i = 1; i <= 5; i++)
      await touch('touchMove', { x: cx - 40 - 8 * i, y: cy, id: 1 }, { x: cx + 40 + 8 * i, y: cy, id: 2 });
    await touch('touchEnd');
    t.ok(Math.abs((await viewOf(page)).scale / moved.scale - 2) < 0.05, 'from 80 px apart to 160 is twice the size');
    const small = await page
      .locator('.film-page button:visible')
      .evaluateAll((buttons) =>
        buttons
          .filter((button) => button.getBoundingClientRect().height < 43.5)
          .map((button) => button.outerHTML.slice(0, 80)),
      );
    t.strictSame(small, [], 'targets are 44 px high');
    await page.close();
  });

  await t.test(
    "says why a film that is no longer kept can't be shown, and draws its boxes on an empty frame",
    async (t) => {
      const operator = await signedIn(browser, running, 'operator');
      const { items } = (await (await operator.request.get('/v1/detections')).json()) as {
        items: { id: string; film: { sha256: string } }[];
      };
      const { csrfToken } = (await (await operator.request.get('/v1/session')).json()) as { csrfToken: string };
      const sha256 = items.find(({ id }) => id === filmId)!.film.sha256;
      t.equal(
        (
          await operator.request.delete(`/v1/images/${sha256}`, {
            headers: { 'x-csrf-token': csrfToken, origin: running.address },
          })
        ).status(),
        204,
      );
      await operator.close();
      const context = await browser.newContext({ baseURL: running.address, storageState: place.storageState });
      const page = await context.newPage();
      await page.goto(`/films/${filmId}`);
      await page.locator('.film-missing').getByText('The film was deleted.').waitFor();
      t.match(await page.locator('.film-missing').textContent(), 'empty frame of its size, 1024 × 1024');
      t.equal(await page.locator('[data-box]').count(), (await reported(running, filmId)).length);
      t.equal(await page.locator('.quality').textContent(), 'NO FILM');
      t.strictSame(await axeFaults(page), []);
      t.equal((await page.locator('.film-page').innerText()).split('The film was deleted.').length, 2, 'said once');
      await page.goto('/films/00000000-0000-7000-8000-000000000000');
      await page.getByRole('heading', { name: 'No such film' }).waitFor();
      t.equal(await page.locator('.film-tools').count(), 0, 'and no tools for it');
      t.ok(await page.locator('#main').getByText('Research use. Not for diagnosis.').isVisible());
      await page.keyboard.press('p');
      t.equal(await page.locator('.said').textContent(), '', 'nor keys');
      t.strictSame(await axeFaults(page), []);
      await context.close();
    },
  );
});

/**
 * 512 × 512, 16 bits a pixel: 512 greys from left to right, and 12 white rows at the bottom. Without them it would use
 * too little of its range to be analysed: more than one pixel in a hundred has to be bright.
 */
async function ramp16(): Promise<Buffer> {
  const values = Uint16Array.from({ length: 512 * 512 }, (_, i) => (i < 500 * 512 ? (i % 512) + 1792 : 65535));
  return sharp(values, { raw: { width: 512, height: 512, channels: 1 } })
    .toColourspace('grey16')
    .png()
    .toBuffer();
}
