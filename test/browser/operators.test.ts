import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import t from 'tap';
import { axeFaults } from './axe.js';
import { noChromium } from './chromium.js';
import { forTests, pageOf, people, sharedPage, signedIn, watched } from './running.js';

/** What operators look after, in Chromium on the running service. */

const skip = noChromium;
t.setTimeout(600_000);
const here = forTests(t);

async function at(
  path: string,
  options: Parameters<typeof signedIn>[3] = {},
): Promise<{ page: Page; faults: readonly string[] }> {
  const page = await pageOf(here.browser, here.running, 'operator', options);
  const faults = watched(page, here.running.address);
  await page.goto(path);
  return { page, faults };
}

/** Whether these let somebody in, at the page. */
async function signsIn(name: string, password: string): Promise<boolean> {
  const page = await sharedPage(here.browser, 'nobody', { baseURL: here.running.address }, (options) =>
    here.browser.newContext(options),
  );
  await page.context().clearCookies();
  await page.goto('/sign-in');
  await page.getByLabel('User').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  const inside = page.getByRole('heading', { name: 'Films' });
  const outside = page.getByRole('alert').filter({ hasText: /./ });
  await inside.or(outside).waitFor();
  const isInside = await inside.isVisible();
  await page.close();
  return isInside;
}

t.test(
  'users are added, given a new password, disabled and enabled; a taken name keeps what was typed',
  { skip },
  async (t) => {
    const { page, faults } = await at('/operators/users');
    const row = (name: string) => page.locator(`tr[data-user="${name}"]`);
    await row(people.radiologist.name).waitFor();
    t.strictSame(await axeFaults(page), []);
    const add = async (name: string) => {
      await page.getByLabel('Name', { exact: true }).fill(name);
      await page.getByLabel('Password', { exact: true }).fill('a password of ours');
      await page.getByRole('button', { name: 'Add user' }).click();
    };
    await add(people.radiologist.name);
    await page.getByRole('alert').filter({ hasText: 'There is already a user called' }).waitFor();
    t.equal(await page.getByLabel('Name', { exact: true }).inputValue(), people.radiologist.name);
    await add('dr.x');
    await row('dr.x').waitFor();
    t.ok(await signsIn('dr.x', 'a password of ours'));

    await row('dr.x').getByRole('button', { name: 'New password for dr.x' }).click();
    const dialog = page.getByRole('dialog');
    const [set, cancel] = await Promise.all(
      ['Set password', 'Cancel'].map((name) => dialog.getByRole('button', { name }).boundingBox()),
    );
    t.equal(set?.y, cancel?.y, 'its buttons stand side by side');
    t.ok(cancel!.x - (set!.x + set!.width) < 16);
    await dialog.getByLabel('New password', { exact: true }).fill('another password of ours');
    await dialog.getByRole('button', { name: 'Set password' }).click();
    await page.getByText('dr.x has a new password.').waitFor();
    t.notOk(await signsIn('dr.x', 'a password of ours'));

    await row('dr.x').getByRole('button', { name: 'Disable dr.x' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await row('dr.x').getByText('enabled').waitFor();
    await row('dr.x').getByRole('button', { name: 'Disable dr.x' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await row('dr.x').getByText('disabled').waitFor();
    t.notOk(await signsIn('dr.x', 'another password of ours'));
    await row('dr.x').getByRole('button', { name: 'Enable dr.x' }).click();
    await row('dr.x').getByText('enabled').waitFor();

    await row(people.operator.name).getByRole('combobox').selectOption('radiologist');
    await page.getByRole('status').filter({ hasText: 'Not changed' }).waitFor();
    t.equal(
      await row(people.operator.name).getByRole('combobox').inputValue(),
      'operator',
      'there is always an operator',
    );
    await page.getByRole('link', { name: 'Tokens' }).click();
    await page.getByRole('button', { name: 'Create a token' }).waitFor();
    t.equal(await page.locator('.said').textContent(), '', 'what was said of a page does not outlive it');
    t.strictSame(faults, []);
    await page.close();
  },
);

t.test('sign-up is off until an operator allows it; a requested account waits for approval', { skip }, async (t) => {
  const { page } = await at('/operators/site');
  const visitor = await here.browser.newContext({ baseURL: here.running.address });
  const door = await visitor.newPage();
  await door.goto('/sign-in');
  await door.getByRole('button', { name: 'Sign in' }).waitFor();
  t.equal(await door.getByText('Request an account').count(), 0);
  await door.goto('/sign-up');
  await door.getByText('This site takes no account requests.').waitFor();
  t.equal(await door.getByLabel('User').count(), 0, 'nobody fills in a form in vain');
  t.strictSame(await axeFaults(door), []);
  await door.getByRole('link', { name: 'Back to sign in' }).click();
  await door.getByRole('button', { name: 'Sign in' }).waitFor();

  t.ok(
    await page
      .getByText(/Films are kept 30 days on this server/)
      .first()
      .isVisible(),
  );
  t.match(await page.locator('.facts').textContent(), /Threshold0\.\d{3}; candidates are kept from 0\.\d{3}Intended/);
  await page.getByLabel('Anyone who can reach this page may request an account').check();
  await page.getByText('Anyone can now request an account.').waitFor();
  t.strictSame(await axeFaults(page), []);
  await door.reload();
  await door.getByRole('link', { name: 'Request an account' }).click();
  await door.getByText('Letters, digits and . _ @ - after the first.').waitFor();
  await door.getByLabel('User').fill('dr new');
  await door.getByLabel('Password', { exact: true }).fill('a password of mine');
  await door.getByRole('button', { name: 'Request an account' }).click();
  await door.getByRole('alert').filter({ hasText: 'letters, digits, and . _ @ - after the first' }).waitFor();
  await door.getByLabel('User').fill('dr.new');
  t.strictSame(await axeFaults(door), []);
  await door.getByRole('button', { name: 'Request an account' }).click();
  await door.getByText('once an operator has approved').waitFor();
  await door.goto('/sign-in');
  const tryIn = async (password: string) => {
    await door.getByLabel('User').fill('dr.new');
    await door.getByLabel('Password', { exact: true }).fill(password);
    await door.getByRole('button', { name: 'Sign in' }).click();
  };
  await tryIn('a password of others');
  await door
    .getByRole('alert')
    .filter({ hasText: /do not match/ })
    .waitFor();
  await tryIn('a password of mine');
  await door
    .getByRole('alert')
    .filter({ hasText: /waiting for approval/ })
    .waitFor();

  await page.reload();
  await page.getByRole('link', { name: /^Operations\s*1 account waits for approval/ }).waitFor();
  await page.getByRole('link', { name: /^Users/ }).click();
  const row = page.locator('tr[data-user="dr.new"]');
  await row.getByText('awaiting approval').waitFor();
  const role = row.getByRole('combobox', { name: 'Role of dr.new' });
  t.equal(await role.inputValue(), 'submitter', 'with the least rights where nobody chooses');
  await role.selectOption('radiologist');
  await row.getByText('awaiting approval').waitFor();
  await role.selectOption('submitter');
  await row.getByRole('button', { name: 'Approve dr.new' }).click();
  await row.getByText('enabled').waitFor();
  t.equal(await role.inputValue(), 'submitter');
  t.equal(await page.locator('.badge-waiting:visible').count(), 0, 'nobody waits any more');
  t.ok(await signsIn('dr.new', 'a password of mine'));
  await visitor.close();
  await page.close();
});

t.test("a token's secret is shown once, works, and stops working when revoked", { skip }, async (t) => {
  const { page } = await at('/operators/tokens');
  await page.getByLabel('Label').fill('RIS of building 3');
  t.equal(await page.getByLabel('For user').inputValue(), '', "it is no operator's by mistake");
  t.equal(await page.getByLabel('Role').inputValue(), 'submitter', 'and does what the page says tokens are for');
  await page.getByLabel('For user').fill('ris.3');
  await page.getByRole('button', { name: 'Create a token' }).click();
  const shown = page.getByRole('textbox', { name: 'Token' });
  await shown.waitFor();
  for (let i = 0; i < 3; i++) await page.keyboard.press('Escape');
  const secret = await shown.inputValue({ timeout: 5000 });
  const ask = async () =>
    (await fetch(`${here.running.address}/v1/models`, { headers: { authorization: `Bearer ${secret}` } })).status;
  t.equal(await ask(), 200);
  const sent = await fetch(`${here.running.address}/v1/detections`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/octet-stream' },
    body: new Uint8Array(await readFile('annotations/films/nih-00003291_001.jpg')),
  });
  t.equal(sent.status, 201, 'a film is sent with it');
  t.strictSame(await axeFaults(page), []);
  await page.getByRole('button', { name: 'I have it' }).click();
  t.notMatch(await page.content(), secret, 'and never again');
  const row = page.locator('tr', { hasText: 'RIS of building 3' });
  t.ok(await row.getByText('in force', { exact: true }).isVisible());
  await row.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await row.getByText('revoked').waitFor();
  t.equal(await ask(), 401);
  await page.close();
});

t.test('films appear live as they are answered, and the statistics count them', { skip }, async (t) => {
  const { page, faults } = await at('/operators/statistics');
  const counts = async () => {
    await page.getByRole('row', { name: /^All films/ }).waitFor();
    const [films = 0, findings = 0] = (
      await page
        .getByRole('row', { name: /^All films/ })
        .getByRole('cell')
        .allTextContents()
    ).map(Number);
    return { films, findings };
  };
  const before = await counts();
  await page.locator('.plots img').first().waitFor();
  t.ok(
    await page.evaluate(() => {
      const [plot, table] = ['.plots img', 'table'].map((what) => document.querySelector(what));
      return (
        plot !== null &&
        table !== null &&
        plot !== undefined &&
        table !== undefined &&
        plot.getBoundingClientRect().top < Math.min(innerHeight, table.getBoundingClientRect().top)
      );
    }),
    'drawings first, on the first screen',
  );
  await page.getByRole('link', { name: 'Live' }).click();
  await page.locator('[data-tail="open"]').waitFor();
  await page.locator('tbody tr').first().waitFor();
  const known = await page.locator('tbody tr').count();
  t.equal(known, before.films, 'it begins with the films of before');
  const id = await here.running.post(await readFile('annotations/films/nih-00004344_002.jpg'));
  const row = page.locator('tbody tr').filter({ has: page.locator(`a[href="/films/${id}"]`) });
  await row.waitFor();
  t.match(await row.textContent(), /\d\d:\d\d:\d\d.*FINDINGS.*ms$/);
  await page.getByRole('link', { name: 'Site' }).click();
  await page.getByText('Intended use').waitFor();
  await page.getByRole('link', { name: 'Live' }).click();
  await row.waitFor();
  t.equal(await page.locator('tbody tr').count(), known + 1, 'and keeps them while another tab is looked at');
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByLabel('State').selectOption('not-analysed');
  t.equal(await page.locator('tbody tr').count(), 0);
  await page.getByLabel('State').selectOption('');
  await page.getByRole('button', { name: 'Resume' }).click();
  t.strictSame(await axeFaults(page), []);
  await page.getByRole('link', { name: 'Statistics' }).click();
  t.strictSame(await counts(), { films: before.films + 1, findings: before.findings + 1 });
  for (const image of await page.locator('.plots img').all()) {
    await image.scrollIntoViewIfNeeded();
    t.ok(
      await image.evaluate(
        async (node) => node instanceof HTMLImageElement && (await node.decode(), node.naturalWidth > 0),
      ),
      (await image.getAttribute('alt')) ?? '',
    );
  }
  t.strictSame(await axeFaults(page), []);
  t.strictSame(faults, []);
  await page.close();
});

t.test('a live tail that lost its connection is not reopened after its page was left', { skip }, async (t) => {
  const { page } = await at('/operators/statistics');
  await page.getByRole('row', { name: /^All films/ }).waitFor();
  let opened = 0;
  await page.route('**/v1/detections/tail', async (route) => {
    opened++;
    await route.fulfill({ status: 502 });
  });
  let answer: () => void = () => undefined;
  const left = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route('**/v1/session', async (route) => {
    await left;
    await route.continue();
  });
  const asked = page.waitForRequest('**/v1/session');
  await page.getByRole('link', { name: 'Live' }).click();
  await asked;
  await page.getByRole('link', { name: 'Statistics' }).click();
  await page.getByRole('row', { name: /^All films/ }).waitFor();
  const answered = page.waitForResponse('**/v1/session');
  answer();
  await (await answered).finished();
  await page.waitForTimeout(500);
  t.equal(opened, 1);
  await page.close();
});

t.test("an operator deletes a film's pixels from the server; its report stays", { skip }, async (t) => {
  const id = await here.running.post(await readFile('annotations/films/nih-00003585_000.jpg'));
  const { page } = await at('/films');
  const row = page.locator(`tr[data-film="${id}"]`);
  await page.waitForFunction((film) => {
    const image = document.querySelector<HTMLImageElement>(`tr[data-film="${film}"] img`);
    return image?.complete === true && image.naturalWidth > 0;
  }, id);
  t.strictSame(await axeFaults(page), []);
  await page.getByRole('button', { name: 'Refresh' }).click();
  await row.getByRole('button', { name: 'Delete pixels' }).click();
  const name = (await row.getByRole('link').textContent()) ?? '';
  await page.getByRole('dialog').getByText(name).waitFor();
  await page.waitForFunction(() => {
    const image = document.querySelector<HTMLImageElement>('dialog img');
    return image?.complete === true && image.naturalWidth > 0;
  });
  await page.getByRole('dialog').getByRole('button', { name: 'Delete pixels' }).click();
  await row.getByText('deleted').waitFor();
  t.equal((await page.context().request.get(`/v1/detections/${id}/film`)).status(), 404);
  t.equal((await page.context().request.get(`/v1/detections/${id}`)).status(), 200);
  t.equal(await page.getByRole('button', { name: 'Send films' }).count(), 0, 'and sends none');
  t.equal(await page.getByRole('button', { name: 'me', exact: true }).count(), 0, 'so none is theirs');
  await page.close();
});

for (const [width, height] of [
  [1024, 768],
  [768, 1024],
] as const) {
  t.test(`the operators' pages work on a tablet of ${width} × ${height}`, { skip }, async (t) => {
    const { page } = await at('/films', { viewport: { width, height }, hasTouch: true, isMobile: true });
    await here.running.post(await readFile('annotations/films/nih-00003291_001.jpg'));
    for (const [path, sign] of [
      ['/films', 'tr[data-film] .act button'],
      ['/operators/statistics', '.plots img'],
      ['/operators/users', 'tr[data-user]'],
      ['/operators/tokens', 'tbody tr'],
      ['/operators/live', '[data-tail="open"]'],
      ['/operators/site', 'dd'],
    ] as const) {
      await page.goto(path);
      await page.locator(sign).first().waitFor();
      t.ok(
        await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth),
        `nothing lies beside ${path}`,
      );
      t.strictSame(
        await page.evaluate(() =>
          [...document.querySelectorAll('td, th')]
            .filter((cell) => cell.scrollWidth > cell.clientWidth + 1 && cell.querySelector('.only-read') === null)
            .map((cell) => cell.outerHTML.slice(0, 80)),
        ),
        [],
        `no cell of ${path} is wider than its column`,
      );
      t.strictSame(await axeFaults(page), [], path);
    }
    await page.close();
  });
}

t.test("on a phone an operator sees each film's state, live and in the list", { skip }, async (t) => {
  const id = await here.running.post(await readFile('annotations/films/nih-00004344_002.jpg'));
  const { page } = await at('/operators/live', {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  for (const [path, sign] of [
    ['/operators/live', `tr:has(a[href="/films/${id}"])`],
    ['/films', `tr[data-film="${id}"]`],
  ] as const) {
    await page.goto(path);
    const state = page.locator(sign).locator('.state-tag');
    await state.waitFor();
    const { x, width } = (await state.boundingBox())!;
    t.ok(x >= 0 && x + width <= 390, `${path}: from ${x} to ${x + width}`);
    t.ok(
      await state.locator('> span').evaluate((words) => words.scrollWidth <= words.clientWidth),
      'and no word of it is cut',
    );
    t.strictSame(await axeFaults(page), [], path);
  }
  t.equal(
    await page.goto('/operators/site').then(() => page.locator('.tabs').evaluate((tabs) => tabs.clientHeight < 60)),
    true,
    'the tabs are one row',
  );
  await page.close();
});

t.test("others don't see operators' pages; changing one's own password needs the current one", { skip }, async (t) => {
  const context = await signedIn(here.browser, here.running, 'radiologist');
  const page = await context.newPage();
  await page.goto('/operators/users');
  await page.getByText('Your role may not see this page.').waitFor();
  t.equal(await page.getByRole('link', { name: 'Operations' }).count(), 0);
  await page.goto('/account');
  const change = async (current: string, next: string) => {
    await page.getByLabel('Current password', { exact: true }).fill(current);
    await page.getByLabel('New password', { exact: true }).fill(next);
    await page.getByRole('button', { name: 'Change password' }).click();
  };
  await page.getByLabel('Current password', { exact: true }).waitFor();
  t.strictSame(await axeFaults(page), []);
  await change('not my password', 'a longer password of mine');
  await page.getByRole('alert').filter({ hasText: 'The current password is wrong.' }).waitFor();
  t.equal(
    await page.getByLabel('New password', { exact: true }).inputValue(),
    'a longer password of mine',
    'nothing typed is lost',
  );
  await change(people.radiologist.password, 'a longer password of mine');
  await page.getByText('Password changed.').waitFor();
  t.notOk(await signsIn(people.radiologist.name, people.radiologist.password));
  t.ok(await signsIn(people.radiologist.name, 'a longer password of mine'));
  t.equal((await context.request.get('/v1/session')).status(), 200, 'this session goes on');
  await context.close();
});

// The service listens until it is closed: this file does not end by itself.
t.end();
