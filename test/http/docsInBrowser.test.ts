import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import t from 'tap';
import { testService } from './fakes.js';

/** The documentation page in a real browser: whatever the headers say, only this shows that it renders. */

const executablePath = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium'].find(
  (path) => path !== undefined && existsSync(path),
);
// A user's machine may have no browser; CI installs one, and there its absence is a failure.
const skip =
  executablePath === undefined && process.env['CI'] === undefined
    ? 'there is no Chromium on this machine (CHROMIUM_PATH)'
    : false;

t.test('the documentation page works under its own CSP, with nothing from elsewhere', { skip }, async (t) => {
  const { app } = testService();
  t.teardown(() => app.close());
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const profile = await mkdtemp(join(tmpdir(), 'chromium-'));
  const browser = await chromium.launchPersistentContext(profile, {
    ...(executablePath === undefined ? {} : { executablePath }),
    headless: true,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
  t.teardown(async () => {
    await browser.close();
    await rm(profile, { recursive: true, force: true });
  });
  const page = await browser.newPage();
  const foreign: string[] = [];
  const faults: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(address) && !request.url().startsWith('data:')) foreign.push(request.url());
  });
  page.on('pageerror', (error) => faults.push(error.message));

  await page.goto(`${address}/docs`);
  await page.getByText('Finds lesions on a film').click();
  await page.getByText('idempotency-key').first().waitFor();

  t.strictSame(foreign, [], 'nothing is asked for elsewhere');
  t.strictSame(faults, []);
  for (const path of ['/v1/detections', '/v1/detection-exports', '/v1/models', '/v1/tokens', '/readyz']) {
    t.ok(await page.locator(`[data-path="${path}"]`).first().isVisible(), `${path} is described`);
  }
});
