import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Debian's Chromium, or the one that CHROMIUM names. */
const executablePath = [process.env['CHROMIUM'], process.env['CHROMIUM_PATH'], '/usr/bin/chromium'].find(
  (path) => path !== undefined && existsSync(path),
);

/** Why the browser's tests are skipped; false where they run. CI has a browser: without it they fail there. */
export const noChromium =
  executablePath === undefined && process.env['CI'] === undefined
    ? 'there is no Chromium on this machine (CHROMIUM)'
    : false;

/**
 * Without a GPU, as many thin clients are; never with a word to anywhere but the page.
 *
 * @param textPx the text size of its settings: 16 is usual, 32 is text of 200 %
 */
export async function openChromium({ textPx = 16 } = {}): Promise<Browser> {
  return chromium.launch({
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
      `--blink-settings=defaultFontSize=${textPx}`,
    ],
  });
}
