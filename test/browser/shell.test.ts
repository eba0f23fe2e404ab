import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { pino } from 'pino';
import sharp from 'sharp';
import t from 'tap';
import { readConfig } from '../../src/config.js';
import { type Service, startService } from '../../src/service.js';
import { axeFaults } from './axe.js';
import { noChromium, openChromium } from './chromium.js';
import { forTests, model, otherModel, pageOf, people, signedIn, watched } from './running.js';

/** The page around the film, as radiologists use it: in Chromium, on the running service, with real films. */

const films = ['00002275_018', '00003291_001', '00003585_000', '00003699_000', '00004344_002'].map(
  (name) => `annotations/films/nih-${name}.jpg`,
);
const skip = noChromium;
t.setTimeout(600_000);
const here = forTests(t);

/** A page of a radiologist who is signed in, at the list of films; in a context that tests share if none is given. */
async function atList(
  options: BrowserContextOptions = {},
  own?: BrowserContext,
): Promise<{ context: BrowserContext; page: Page; faults: readonly string[] }> {
  const page = await (own?.newPage() ?? pageOf(here.browser, here.running, 'radiologist', options));
  const faults = watched(page, here.running.address);
  await page.goto('/');
  await page.locator('.list-status').filter({ hasText: /film/i }).waitFor();
  return { context: page.context(), page, faults };
}

async function choose(page: Page, files: Parameters<Page['setInputFiles']>[1]): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Send films' }).click();
  // Where there is little room, the fields unfold first.
  const folded = page.getByRole('button', { name: 'Choose files' });
  if (await folded.isVisible()) await folded.click();
  await (await chooser).setFiles(files);
}

/** The same film with a corner of another grey: other bytes, for a server that knows the first. */
async function variantOf(film: string, level: number): Promise<Buffer> {
  return sharp(film)
    .composite([
      {
        input: { create: { width: 2, height: 2, channels: 3, background: { r: level, g: level, b: level } } },
        left: 0,
        top: 0,
      },
    ])
    .jpeg()
    .toBuffer();
}

t.test(
  'sign-in: one message for every mismatch, the name stays; signing out ends the session on the server, too',
  { skip },
  async (t) => {
    const context = await here.browser.newContext({
      viewport: { width: 1280, height: 800 },
      baseURL: here.running.address,
    });
    const page = await context.newPage();
    const faults = watched(page, here.running.address);
    await page.goto('/films?state=findings');
    const name = page.getByLabel('User');
    const password = page.getByLabel('Password', { exact: true });
    t.ok(await page.getByText('Research use. Not for diagnosis.').isVisible());
    t.strictSame(await axeFaults(page), []);
    const wordings = new Set<string>();
    for (const [who, secret] of [
      [people.radiologist.name, 'wrong'],
      ['nobody', people.radiologist.password],
    ] as const) {
      await name.fill(who);
      await password.fill(secret);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').filter({ hasText: /./ }).waitFor();
      wordings.add((await page.getByRole('alert').textContent()) ?? '');
      t.equal(await name.inputValue(), who);
    }
    t.equal(wordings.size, 1, [...wordings].join(' / '));
    await name.fill(people.radiologist.name);
    await password.fill(people.radiologist.password);
    await password.press('Enter');
    await page.getByRole('heading', { name: 'Films' }).waitFor();
    t.equal(new URL(page.url()).search, '?state=findings', 'it goes on to the address that was asked for');
    t.equal(await page.getByLabel('State').inputValue(), 'findings');

    await page.locator('.menu summary').click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    t.equal((await context.request.get('/v1/session')).status(), 401);
    await page.goBack();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    t.equal(await page.locator('.films').count(), 0);
    t.strictSame(faults, []);
    await context.close();
  },
);

t.test(
  'several films at once: each its own row, a duplicate linked and not sent, a text refused with its reason',
  { skip },
  async (t) => {
    const { context, page, faults } = await atList();
    const script = '<img src=x onerror=document.title="owned">.jpg';
    await page.getByLabel('Patient ref.').fill('P-17');
    const first = await variantOf(films[0]!, 120);
    await choose(page, [
      { name: 'first.jpg', mimeType: 'image/jpeg', buffer: first },
      { name: script, mimeType: 'image/jpeg', buffer: await variantOf(films[1]!, 120) },
      { name: 'first again.jpg', mimeType: 'image/jpeg', buffer: first },
      { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('not a film') },
      { name: 'empty.png', mimeType: 'image/png', buffer: Buffer.alloc(0) },
    ]);
    const row = (name: string) =>
      page.locator('.queue li').filter({
        has: page.locator('.name', { hasText: new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`) }),
      });
    await page.locator('.queue li[data-upload="done"]').nth(1).waitFor({ timeout: 60_000 });
    t.match(await row('first again.jpg').textContent(), /not sent: the same film as/);
    await row('first again.jpg').getByRole('link', { name: 'first.jpg' }).waitFor();
    await row('notes.txt').and(page.locator('[data-upload="failed"]')).waitFor();
    t.match(await row('notes.txt').textContent(), /not an image that the detector reads/);
    t.equal(await row('notes.txt').getByRole('button', { name: 'Try again' }).count(), 0);
    t.match(await row('empty.png').textContent(), /empty/);
    t.match(await row('first.jpg').textContent(), /patient P-17.*FINDINGS: \d+ box/);
    t.equal(await page.getByLabel('Patient ref.').inputValue(), '', 'a reference does not stay for the next patient');

    t.equal(await row(script).count(), 1, "a file's name is text");
    await page.locator('tr[data-film]').nth(1).waitFor();
    t.equal(
      await page
        .locator('img[data-thumbnail]')
        .first()
        .evaluate((image) => getComputedStyle(image).backgroundColor),
      'rgb(28, 34, 41)',
      'a picture that is not there yet is no black hole',
    );
    t.ok((await page.locator('.films').textContent())?.includes(script), 'in the list, too');
    t.not(await page.title(), 'owned');
    t.equal(await page.locator('img[src="x"]').count(), 0);
    await page.waitForFunction(
      () =>
        [...document.querySelectorAll<HTMLImageElement>('img[data-thumbnail]')].filter(
          ({ complete, naturalWidth }) => complete && naturalWidth > 0,
        ).length === 2,
    );
    t.strictSame(await axeFaults(page), []);

    const found = (await (await context.request.get('/v1/detections?patientRef=P-17')).json()) as { items: unknown[] };
    t.equal(found.items.length, 2);
    t.strictSame(faults, []);
    await page.close();
  },
);

t.test(
  'films go to the chosen model, shown with its licence; the same film may go to another model, too',
  { skip },
  async (t) => {
    const { context, page, faults } = await atList();
    const film = { name: 'asked.jpg', mimeType: 'image/jpeg', buffer: await variantOf(films[3]!, 90) };
    const modelOf = async (nth: number): Promise<string> => {
      const link = page.locator('.queue li[data-upload="done"]').nth(nth).getByRole('link');
      await link.waitFor({ timeout: 60_000 });
      const id = (await link.getAttribute('href'))?.split('/').at(-1);
      return ((await (await context.request.get(`/v1/detections/${id}`)).json()) as { model: { name: string } }).model
        .name;
    };
    const analyseWith = page.getByLabel('Analyse with');
    t.strictSame(
      await analyseWith.locator('option').allTextContents(),
      [`Lung opacity: ${model} (Apache-2.0)`, `Bright field with diffuse edge: ${otherModel.name} (CC-BY-NC-ND-4.0)`],
      'by what they find, the default one first',
    );
    await choose(page, film);
    t.equal(await modelOf(0), model);
    await analyseWith.selectOption(otherModel.name);
    await choose(page, film);
    t.equal(await modelOf(1), otherModel.name);
    t.match(await page.locator('.queue li').nth(1).textContent(), new RegExp(`by ${otherModel.name}`));
    t.equal(await analyseWith.inputValue(), otherModel.name, 'it stays for the next films');
    await choose(page, film);
    t.match(await page.locator('.queue li[data-upload="same"]').textContent(), /not sent: the same film as/);
    t.strictSame(await axeFaults(page), []);
    t.strictSame(faults, []);
    await page.close();
  },
);

t.test('a film dropped anywhere is accepted, and a pasted picture is marked as an 8-bit copy', { skip }, async (t) => {
  const { page } = await atList();
  const give = async (kind: 'drop' | 'paste', bytes: Buffer) =>
    page.evaluate(
      ({ kind, data }) => {
        const transfer = new DataTransfer();
        transfer.items.add(
          new File([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))], 'dropped.jpg', {
            type: 'image/jpeg',
          }),
        );
        if (kind === 'paste')
          return void window.dispatchEvent(
            new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true }),
          );
        const target = document.querySelector('footer') ?? document.body;
        for (const type of ['dragenter', 'dragover', 'drop'])
          target.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
      },
      { kind, data: bytes.toString('base64') },
    );
  await give('drop', await variantOf(films[2]!, 10));
  await page
    .locator('.queue li', { hasText: 'dropped.jpg' })
    .and(page.locator('[data-upload="done"]'))
    .waitFor({ timeout: 60_000 });
  await give('paste', await variantOf(films[2]!, 200));
  const pasted = page.locator('.queue li', { hasText: 'pasted picture 1' });
  await pasted.and(page.locator('[data-upload="done"]')).waitFor({ timeout: 60_000 });
  t.match(await pasted.textContent(), /8-bit copy/);
  await page.close();
});

t.test(
  'the three states differ in sign, fill and words; a film that was not analysed has no numbers',
  { skip },
  async (t) => {
    const { page } = await atList();
    // An answer as a gate would give it, and one of a kind that this page does not know.
    await page.route('**/v1/detections?*', async (route) => {
      const answer = await route.fetch();
      const { items, nextCursor } = (await answer.json()) as { items: Record<string, unknown>[]; nextCursor: unknown };
      const { threshold: _t, filmScore: _f, attributes: _a, detections: _d, ...plain } = items[0]!;
      const refused = {
        ...plain,
        id: '01a1fe1d-0000-7000-8000-000000000001',
        state: 'not-analysed',
        reason: { code: 'not-a-frontal-chest-film', detail: 'A lateral film.' },
        boxCount: null,
      };
      const unknown = { ...items[0], id: '01a1fe1d-0000-7000-8000-000000000002', state: 'normal' };
      await route.fulfill({ response: answer, json: { items: [refused, unknown, ...items], nextCursor } });
    });
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.locator('tr[data-film="01a1fe1d-0000-7000-8000-000000000001"]').waitFor();
    const looks = await page.evaluate(() =>
      ['findings', 'below-threshold', 'not-analysed'].map((state) => {
        const tag = document.querySelector<HTMLElement>(`tr[data-state="${state}"] .state-tag`);
        if (tag === null) throw new Error(`no ${state}`);
        return {
          fill: getComputedStyle(tag).backgroundColor,
          sign: tag.querySelector('svg')?.innerHTML ?? '',
          words: tag.textContent,
        };
      }),
    );
    for (const look of ['fill', 'sign', 'words'] as const) t.equal(new Set(looks.map((of) => of[look])).size, 3, look);
    t.match(looks[2]!.words, 'NOT ANALYSED: not a frontal chest film');
    for (const id of ['01a1fe1d-0000-7000-8000-000000000001', '01a1fe1d-0000-7000-8000-000000000002']) {
      const row = page.locator(`tr[data-film="${id}"]`);
      t.equal(await row.getAttribute('data-state'), 'not-analysed');
      t.strictSame([await row.locator('.score').textContent(), await row.locator('.boxes').textContent()], ['–', '–']);
    }
    t.notMatch(await page.locator('body').textContent(), /\bnormal\b|\bclear\b/i);
    await page.close();
  },
);

t.test('a list that has not come yet does not say that it is empty', { skip }, async (t) => {
  const context = await signedIn(here.browser, here.running, 'radiologist');
  const page = await context.newPage();
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/v1/detections?*', async (route) => {
    await held;
    await route.continue();
  });
  const models = page.waitForResponse('**/v1/models');
  await page.goto('/');
  await (await models).finished();
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
  t.equal(await page.locator('.list-status').textContent(), '');
  release();
  await page.locator('tr[data-film]').first().waitFor();
  t.match(await page.locator('.list-status').textContent(), /^\d+ films?$/);
  await context.close();
});

t.test('search, filters and keys; what points to a patient is never in the address', { skip }, async (t) => {
  await here.running.post(await variantOf(films[3]!, 33), { 'x-accession-number': 'A-33' });
  const { page } = await atList();
  const rows = page.locator('tr[data-film]');
  const all = await rows.count();
  t.ok(all >= 2);
  t.equal(await page.getByRole('button', { name: 'me', exact: true }).count(), 1, 'who sends films can ask for theirs');
  await page.keyboard.press('/');
  await page.keyboard.type('A-33');
  await page.getByLabel('Search by').selectOption('accessionNumber');
  await page.getByText('1 film', { exact: true }).waitFor();
  t.notMatch(page.url(), 'A-33');
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.getByText(`${all} films`, { exact: true }).waitFor();
  await page.getByLabel('State').focus();
  await page.getByLabel('State').selectOption('below-threshold');
  await page.waitForFunction(() =>
    [...document.querySelectorAll<HTMLElement>('tr[data-film]')].every(
      ({ dataset }) => dataset['state'] === 'below-threshold',
    ),
  );
  t.match(page.url(), 'state=below-threshold');
  t.equal(
    await page.evaluate(() => document.activeElement instanceof HTMLSelectElement),
    true,
    'the focus stays where it was',
  );
  await page.reload();
  t.equal(await page.getByLabel('State').inputValue(), 'below-threshold', 'and a reloaded page lists the same');

  await rows.first().waitFor();
  const first = await rows.first().getAttribute('data-film');
  await page.locator('h1').click();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/films/${first ?? ''}`);
  await page.goBack();
  await rows.first().waitFor();
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keys' });
  await help.getByText('Next film').waitFor();
  t.equal(await help.evaluate((dialog) => dialog.scrollTop), 0, 'it is read from its beginning');
  t.strictSame(await axeFaults(page), []);
  await help.getByRole('button', { name: 'Change the key for: Refresh the list' }).click();
  await page.keyboard.press('F9');
  await help.getByText('The key is now F9.').waitFor();
  await page.keyboard.press('Escape');
  t.equal(await help.count(), 0);
  await page.close();
});

t.test('films are found by class, and by the SHA-256 of their file', { skip }, async (t) => {
  const bytes = await variantOf(films[4]!, 51);
  const opacity = await here.running.post(bytes);
  const bright = await here.running.post(await variantOf(films[4]!, 52), { 'x-model': otherModel.name });
  const { page } = await atList();
  const listed = async (fits: readonly string[], not: readonly string[]) => {
    for (const id of fits) await page.locator(`tr[data-film="${id}"]`).waitFor();
    for (const id of not) await page.locator(`tr[data-film="${id}"]`).waitFor({ state: 'detached' });
  };
  const lesion = page.getByLabel('Class');
  await lesion.selectOption({ label: 'Bright field' });
  await listed([bright], [opacity]);
  await lesion.selectOption({ label: 'Lung opacity' });
  await listed([opacity], [bright]);
  const chosen = await lesion.inputValue();
  t.equal(new URL(page.url()).search, `?class=${chosen}`);
  t.equal(await page.locator('tr[data-film]:not([data-state="findings"])').count(), 0);
  await page.reload();
  await listed([opacity], [bright]);
  t.equal(await lesion.inputValue(), chosen, 'and a reloaded page lists the same');

  await page.getByRole('button', { name: 'Show all' }).click();
  await listed([opacity, bright], []);
  await page.getByLabel('Search by').selectOption('sha256');
  const search = page.getByLabel('Search for');
  const searchFor = async (text: string) => {
    await search.fill(text);
    await search.press('Enter');
  };
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await searchFor(sha256);
  await page.getByText('1 film', { exact: true }).waitFor();
  await listed([opacity], [bright]);
  t.notMatch(page.url(), sha256);
  await searchFor('0'.repeat(64));
  await page.getByText('No film matches.').waitFor();
  await searchFor('not a hash');
  await page.getByText("Can't search for this").waitFor();
  await page.close();
});

t.test(
  'an ending session: a warning, extended with a key; afterwards the page is covered until the same user signs in',
  { skip },
  async (t) => {
    const { context, page } = await atList();
    // The page is told of an end that is near; the true one is half an hour away, and comes with the extension.
    const near = new Date(Date.now() + 100_000).toISOString();
    await page.route('**/v1/**', async (route) => {
      if (route.request().method() !== 'GET') return route.continue();
      const answer = await route.fetch();
      const headers = { ...answer.headers(), 'x-session-expires-at': near };
      if (!route.request().url().endsWith('/v1/session')) return route.fulfill({ response: answer, headers });
      return route.fulfill({
        response: answer,
        headers,
        json: { ...((await answer.json()) as object), expiresAt: near },
      });
    });
    await page.reload();
    const warning = page.getByRole('alert').filter({ hasText: 'signed out in two minutes or less' });
    await warning.waitFor();
    await page.locator('h1').click();
    await page.keyboard.press('y');
    await warning.waitFor({ state: 'detached' });
    await page.unrouteAll({ behavior: 'wait' });

    await page.getByLabel('Patient ref.').fill('P-unsent');
    await page.getByLabel('Accession no.').fill('A-unsent');
    const { csrfToken } = (await (await context.request.get('/v1/session')).json()) as { csrfToken: string };
    const cookies = await context.cookies();
    await fetch(`${here.running.address}/v1/session`, {
      method: 'DELETE',
      headers: { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '), 'x-csrf-token': csrfToken },
    });
    await page.getByRole('button', { name: 'Refresh' }).click();
    const cover = page.getByRole('dialog', { name: 'Your session has ended' });
    await cover.waitFor();
    t.strictSame(await axeFaults(page), []);
    t.equal(
      await cover.evaluate((dialog) => getComputedStyle(dialog, '::backdrop').backgroundColor),
      'rgb(11, 13, 16)',
      'nothing of a patient is in sight',
    );
    const escape = async (times: number) => {
      for (let i = 0; i < times; i++) await page.keyboard.press('Escape');
      // What a key closes is told afterwards.
      await page.evaluate(
        () =>
          new Promise((resolve) => {
            setTimeout(resolve, 100);
          }),
      );
    };
    for (const times of [1, 2, 3]) {
      await escape(times);
      t.ok(await cover.isVisible(), `Escape ${times} times does not close it`);
    }
    await cover.evaluate((dialog) => {
      dialog.removeAttribute('closedby');
    });
    for (const times of [2, 3]) {
      await escape(times);
      t.ok(await cover.isVisible(), `nor where the browser closes dialogs at the second Escape (${times} times)`);
    }
    t.equal(await cover.getByLabel('User').inputValue(), people.radiologist.name);
    await cover.getByLabel('Password', { exact: true }).fill('wrong');
    await page.keyboard.press('Enter');
    await cover
      .getByRole('alert')
      .filter({ hasText: /do not match/ })
      .waitFor();
    await cover.getByLabel('Password', { exact: true }).fill(people.radiologist.password);
    await page.keyboard.press('Enter');
    await cover.waitFor({ state: 'detached' });
    t.equal(await page.getByLabel('Patient ref.').inputValue(), 'P-unsent');
    t.equal(await page.getByLabel('Accession no.').inputValue(), 'A-unsent');
    await page.locator('tr[data-film]').first().waitFor();
    await page.close();
  },
);

t.test(
  "this machine's clock runs ahead: no warning, and the server is not polled over and over",
  { skip },
  async (t) => {
    for (const told of [true, false]) {
      const page = await pageOf(here.browser, here.running, 'radiologist');
      await page.clock.install({ time: Date.now() + 3_600_000 });
      let asked = 0;
      // A proxy may leave out the time: then nobody can tell, and the session seems over.
      await page.route('**/v1/**', async (route) => {
        if (route.request().url().endsWith('/v1/session')) asked++;
        const response = await route.fetch();
        const { date = '', ...headers } = response.headers();
        await route.fulfill({ response, headers: told ? { ...headers, date } : headers });
      });
      await page.goto('/');
      await page.locator('.list-status').filter({ hasText: /film/i }).waitFor();
      // Time goes by as far as the page knows.
      await page.clock.runFor(12_000);
      t.equal(await page.locator('.expiry').count(), 0);
      const lived = await page.evaluate(() => performance.now());
      // At the start; where the session seems over at once, and every five seconds from then on.
      t.ok(lived >= 12_000 && asked <= (told ? 1 : 2 + lived / 5000), `asked ${asked} times in ${lived} ms`);
      await page.close();
    }
  },
);

t.test('another user in the same browser gets a page of their own', { skip }, async (t) => {
  const context = await signedIn(here.browser, here.running, 'radiologist');
  const { page } = await atList({}, context);
  await page.route('**/v1/detections', (route) => (route.request().method() === 'POST' ? undefined : route.continue()));
  await choose(page, { name: 'of reader.jpg', mimeType: 'image/jpeg', buffer: await variantOf(films[0]!, 77) });
  await page.locator('.upload-chip', { hasText: '1 on the way' }).waitFor();
  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  });
  await page.getByLabel('Patient ref.').fill('P-of-reader');
  await context.request.post('/v1/session', { data: people.operator, headers: { origin: here.running.address } });
  await page.evaluate(() => {
    document.querySelector<HTMLElement>('.menu summary')?.click();
  });
  await page.getByRole('link', { name: 'Account' }).click();
  await page.getByLabel('Label').fill('made by whom?');
  await page.getByRole('button', { name: 'Create a token' }).click();
  await page.locator('.menu summary', { hasText: people.operator.name }).waitFor();
  t.equal(new URL(page.url()).pathname, '/films');
  t.strictSame(asked, [], 'a film that is not sent does not keep the page of the user before');
  t.notMatch(await page.content(), /P-of-reader|of reader\.jpg/);
  t.equal(
    ((await (await context.request.get('/v1/tokens')).json()) as { items: { label: string | null }[] }).items.filter(
      ({ label }) => label === 'made by whom?',
    ).length,
    0,
    "nothing was done in another's name",
  );

  // The browser brings a page back as it was left: nothing of it is in sight, and it begins anew.
  await page.locator('tr[data-film]').first().waitFor();
  const anew = page.waitForEvent('load');
  const left = await page.evaluate(() => {
    window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    return document.body.childElementCount;
  });
  t.equal(left, 0);
  await anew;
  await page.locator('tr[data-film]').first().waitFor();
  await context.close();
});

t.test('a film of 60 MB is sent with its progress, analysed and shown', { skip }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'lesion-large-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, 'large.tif');
  await sharp(films[3])
    .resize(7900, 7900, { kernel: 'nearest' })
    .toColourspace('b-w')
    .tiff({ compression: 'none' })
    .toFile(path);
  const { page } = await atList();
  const seen = page.evaluate(
    () =>
      new Promise<boolean>((resolve) => {
        new MutationObserver(() => {
          if (document.querySelector('.queue li[data-upload="sending"] progress') !== null) resolve(true);
        }).observe(document.body, { subtree: true, childList: true, attributes: true });
      }),
  );
  await choose(page, path);
  t.ok(await seen);
  const done = page.locator('.queue li[data-upload="done"]');
  await done.waitFor({ timeout: 90_000 });
  t.match(await done.textContent(), /FINDINGS|NO BOX/);
  await done.getByRole('link').click();
  await page.locator('.film-pane[data-quality="full"]').waitFor({ timeout: 90_000 });
  t.match(await page.locator('.film-facts').textContent(), '7900 × 7900, 8-bit TIFF');
  t.equal(
    await page.locator('.state-line').getAttribute('data-state'),
    await page.locator('.film-pane').getAttribute('data-state'),
  );
  await page.close();
});

t.test('two users at once: each sees what was sent by the other, in a session of their own', { skip }, async (t) => {
  const one = await atList();
  await here.running.service.accounts.addUser({
    name: 'reader.2',
    password: 'only for tests, reader 2',
    role: 'radiologist',
  });
  const context = await here.browser.newContext({
    viewport: { width: 1280, height: 800 },
    baseURL: here.running.address,
  });
  await context.request.post('/v1/session', {
    data: { name: 'reader.2', password: 'only for tests, reader 2' },
    headers: { origin: here.running.address },
  });
  const two = await context.newPage();
  await two.goto('/');
  await two.locator('tr[data-film]').first().waitFor();
  await Promise.all([
    choose(one.page, { name: 'of one.jpg', mimeType: 'image/jpeg', buffer: await variantOf(films[4]!, 60) }),
    choose(two, { name: 'of two.jpg', mimeType: 'image/jpeg', buffer: await variantOf(films[4]!, 90) }),
  ]);
  await Promise.all(
    [one.page, two].map((page) => page.locator('.queue li[data-upload="done"]').waitFor({ timeout: 60_000 })),
  );
  for (const page of [one.page, two]) {
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.waitForFunction(
      () =>
        new Set(
          [...document.querySelectorAll('tr[data-film]')]
            .slice(0, 2)
            .map((row) => row.querySelector('.by')?.textContent),
        ).size === 2,
    );
  }
  t.match(await one.page.locator('.films').textContent(), 'of one.jpg');
  t.notMatch(await one.page.content(), 'of two.jpg', "a file's name stays with who sent it");
  await one.page.close();
  await context.close();
});

for (const [width, height] of [
  [1024, 768],
  [768, 1024],
] as const) {
  t.test(`the list works on a tablet of ${width} × ${height}`, { skip }, async (t) => {
    const { page } = await atList({ viewport: { width, height }, hasTouch: true, isMobile: true });
    t.ok(
      await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth),
      'nothing lies beside the page',
    );
    const small = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, select, summary, input:not([type="checkbox"])')]
        .filter(
          (node) =>
            node.offsetParent !== null &&
            !node.classList.contains('hidden-submit') &&
            node.getBoundingClientRect().height < 43.5,
        )
        .map((node) => `${node.outerHTML.slice(0, 80)} ${node.getBoundingClientRect().height}`),
    );
    t.strictSame(small, [], 'a finger hits every control');
    t.strictSame(await axeFaults(page), []);
    await page.close();
  });
}

t.test('at 200 % text size and in a window of 320 px nothing of the list overflows the page', { skip }, async (t) => {
  await here.running.post(await variantOf(films[0]!, 44));
  const large = await openChromium({ textPx: 32 });
  t.teardown(() => large.close());
  for (const [browser, width, height] of [
    [large, 1280, 800],
    [large, 768, 1024],
    [here.browser, 320, 640],
  ] as const) {
    const context = await signedIn(browser, here.running, 'radiologist', { viewport: { width, height } });
    const page = await context.newPage();
    await page.goto('/');
    await page.locator('tr[data-film]').first().waitFor();
    await choose(page, [
      {
        name: 'a text with a long name, as systems make them 2026-11-21T12-38-53.txt',
        mimeType: 'text/plain',
        buffer: Buffer.from('not a film'),
      },
    ]);
    await page.locator('.queue li[data-upload="failed"]').waitFor();
    const wide = await page.evaluate(() => ({
      beside: [...document.querySelectorAll('body *')]
        .filter(
          (node) =>
            node.closest('.table-scroll, .only-read, .skip, .menu > div') === null &&
            node.getBoundingClientRect().right > document.documentElement.clientWidth + 1,
        )
        .map((node) => node.outerHTML.slice(0, 80)),
      words: document.querySelector('.queue li .words')?.getBoundingClientRect().width ?? 0,
    }));
    t.strictSame(wide.beside, [], `${width} px`);
    t.ok(wide.words > width / 2, 'why a film was refused has room to be read');
    t.strictSame(await axeFaults(page), []);
    await context.close();
  }
});

t.test(
  'if the server goes away and comes back, the page says so, and a film dropped meanwhile is sent once',
  { skip },
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'lesion-gone-'));
    const settings = await here.running.settingsBeside(folder);
    const start = (port: string): Promise<Service> =>
      startService(readConfig({ ...settings, PORT: port }), pino({ level: 'silent' }));
    let service = await start('0');
    t.teardown(async () => {
      await service.close();
      await rm(folder, { recursive: true, force: true });
    });
    const { address } = service;
    await service.accounts.addUser({ ...people.radiologist, role: 'radiologist' });
    const context = await signedIn(here.browser, { ...here.running, address }, 'radiologist');
    const page = await context.newPage();
    await page.goto('/');
    await page.getByText('No film has been sent yet').waitFor();

    await service.close();
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.locator('[data-connection="away"]').waitFor();
    await choose(page, films[0]!);
    const row = page.locator('.queue li');
    await page.locator('.upload-chip', { hasText: '1 on the way' }).waitFor();
    await page.getByLabel('Patient ref.').fill('typed meanwhile');

    service = await start(new URL(address).port);
    await page
      .getByRole('button', { name: 'Retry now' })
      .click({ timeout: 1000 })
      .catch(() => undefined);
    await row.and(page.locator('[data-upload="done"]')).waitFor({ timeout: 90_000 });
    await page.locator('[data-connection="here"]').waitFor({ state: 'attached' });
    t.equal(await page.getByLabel('Patient ref.').inputValue(), 'typed meanwhile');
    t.equal(((await (await context.request.get('/v1/detections')).json()) as { items: unknown[] }).items.length, 1);
    await context.close();
  },
);

// The service listens until it is closed: this file does not end by itself.
t.end();
