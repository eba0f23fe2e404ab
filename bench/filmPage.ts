import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { isRecord } from './answers.js';
import type { BenchFilm } from './films.js';
import { framesOfDrag, type Opened, openFilm, openPage, paneSize } from './filmPageBrowser.js';
import { markdownTable, milliseconds } from './markdown.js';
import type { BenchOptions } from './options.js';
import { type RunningService, startService } from './service.js';
import { median, quantile } from './statistics.js';

const size = { width: 3000, height: 2500 } as const;
const executablePath = [process.env['CHROMIUM'], process.env['CHROMIUM_PATH'], '/usr/bin/chromium'].find(
  (path) => path !== undefined && existsSync(path),
);

/**
 * The film page with a film of 3000 × 2500 pixels and 16 bits, in Chromium without a GPU: time until the film shows,
 * and frame times while it is dragged.
 */
export async function filmPageSection(films: readonly BenchFilm[], options: BenchOptions): Promise<string[]> {
  const heading = ['## The film page', ''];
  if (executablePath === undefined) return [...heading, 'Not measured: there is no Chromium on this machine.', ''];
  const service = await startService(options, { imageStore: 'disk' });
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  });
  try {
    const id = await largeFilm(service, films);
    const opened: Opened[] = [];
    const frames: number[] = [];
    let pane = '';
    for (let round = 0; round < options.rounds; round++) {
      const page = await openPage(browser, service);
      opened.push(await openFilm(page, id));
      pane = await paneSize(page);
      frames.push(...(await framesOfDrag(page, 'middle')), ...(await framesOfDrag(page, 'left')));
      await page.context().close();
    }
    const row = (name: string, values: readonly number[]): string[] => [
      name,
      milliseconds(median(values)),
      milliseconds(quantile(values, 0.95)),
    ];
    return [
      ...heading,
      `A film of ${size.width} × ${size.height} pixels and 16 bits, shown in a pane of ${pane} by Chromium ` +
        `${browser.version()} without GPU, on the same machine as the service; ${options.rounds} times.`,
      '',
      ...markdownTable(
        ['', 'median', '95th percentile'],
        [
          row(
            "from the report's answer to its boxes on the screen",
            opened.map(({ boxesMs }) => boxesMs),
          ),
          row(
            'from opening the page to the first pixels',
            opened.map(({ previewMs }) => previewMs),
          ),
          row(
            'from opening the page to all 16 bits',
            opened.map(({ fullMs }) => fullMs),
          ),
          row('time between frames while the film is moved and its window dragged', frames),
        ],
      ),
      '',
    ];
  } finally {
    await browser.close();
    await service.stop();
  }
}

/** Posts enlarged films until one has boxes; returns its id. */
async function largeFilm(service: RunningService, films: readonly BenchFilm[]): Promise<string> {
  let last = '';
  for (const { bytes } of films.slice(0, 10)) {
    const body = await sharp(bytes)
      .resize({ ...size, fit: 'fill' })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    const response = await fetch(service.detections, {
      method: 'POST',
      headers: { ...service.headers, 'content-type': 'image/png' },
      body: new Uint8Array(body),
    });
    const report: unknown = await response.json();
    if (!isRecord(report) || typeof report['id'] !== 'string')
      throw new Error(`a film was answered with ${response.status}`);
    last = report['id'];
    if (report['state'] === 'findings') return last;
  }
  return last;
}
