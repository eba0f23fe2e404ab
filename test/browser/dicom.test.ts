import sharp from 'sharp';
import t from 'tap';
import { dicomFilm, type DicomItem } from '../imaging/dicomFiles.js';
import { noChromium, openChromium } from './chromium.js';
import { openFilm, paneBox, reported, viewOf } from './filmPage.js';
import { signedIn, startRunning } from './running.js';

/** A DICOM film as an archive exports it, from the file chooser to its distances in mm, in a real browser. */

t.setTimeout(600_000);

const attributes: DicomItem = {
  '00281050': ['DS', '1985'],
  '00281051': ['DS', '3570'],
  '00181164': ['DS', '0.2\\0.2'],
};

async function film(more: DicomItem = {}): Promise<Buffer> {
  const { data, info } = await sharp('annotations/films/nih-00004344_002.jpg')
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const samples = Uint16Array.from(data, (v) => 200 + v * 14);
  return dicomFilm({ width: info.width, height: info.height, samples, bitsStored: 12 }, { ...attributes, ...more });
}

t.test('DICOM films on the page', { skip: noChromium }, async (t) => {
  const running = await startRunning();
  t.teardown(() => running.close());
  const browser = await openChromium();
  t.teardown(() => browser.close());
  const reader = await signedIn(browser, running, 'radiologist');
  const storageState = await reader.storageState();

  await t.test('a file without an extension can be chosen, and what is no film is told by its name', async (t) => {
    const page = await reader.newPage();
    await page.goto('/');
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Send films' }).click();
    const files = [
      { name: 'IM000001', mimeType: '', buffer: await film() },
      { name: 'CT000001', mimeType: '', buffer: await film({ '00080016': ['UI', '1.2.840.10008.5.1.4.1.1.2'] }) },
    ];
    const chosen = await chooser;
    t.equal(await chosen.element().getAttribute('accept'), null, 'a chooser that hides no file');
    await chosen.setFiles(files);
    const row = (name: string) => page.locator('.queue li', { hasText: name });
    await row('IM000001').and(page.locator('[data-upload="done"]')).waitFor({ timeout: 120_000 });
    await row('CT000001').and(page.locator('[data-upload="failed"]')).waitFor({ timeout: 60_000 });
    t.match(await row('CT000001').textContent(), /CT Image/);
  });

  await t.test('its boxes are shown, and distances are in mm at the detector', async (t) => {
    const id = await running.post(await film());
    t.ok((await reported(running, id)).length > 0);
    const { page, faults } = await openFilm({ browser, running, storageState }, id);
    const pane = await paneBox(page);
    await page.keyboard.press('d');
    await page.mouse.click(pane.x + 300, pane.y + 200);
    await page.mouse.click(pane.x + 420, pane.y + 250);
    const { scale } = await viewOf(page);
    // 130 px of the screen: √(120² + 50²); 0.2 mm a pixel of the film.
    const px = 130 / scale;
    const words = `${(px * 0.2).toFixed(1)} mm at detector`;
    t.equal(await page.locator('.distance-list span').first().textContent(), `${words} (${px.toFixed(1)} px)`);
    t.equal(await page.locator('[data-measure] text').textContent(), words);
    t.match(await page.locator('.distances').textContent(), /at the detector: the patient is smaller/);
    if (process.env['PICTURES'] !== undefined) await page.screenshot({ path: `${process.env['PICTURES']}/dicom.png` });
    t.strictSame(faults, []);
    await page.context().close();
  });
  await reader.close();
});
