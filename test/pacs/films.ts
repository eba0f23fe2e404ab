import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import { copyEmbeddedLog } from '../backends.js';
import { dicomFilm, type DicomItem } from '../imaging/dicomFiles.js';
import type { Orthanc } from './orthanc.js';

/** Films of somebody whose name must not be seen, for a real PACS, and settings of a service beside it. */

export const sopClasses = {
  film: '1.2.840.10008.5.1.4.1.1.1',
  sr: '1.2.840.10008.5.1.4.1.1.88.34',
  pr: '1.2.840.10008.5.1.4.1.1.11.1',
};
export const root = '1.2.826.0.1.3680043.77';
/** What no log line may hold. */
export const secret = /Secretname|SECRET|3680043\.77|2\.25\.\d/;

const today = (): string => new Date().toISOString().slice(0, 10).replaceAll('-', '');

/** A film that has boxes, as a detector of 12 bits would have stored it. */
export async function film(number: number, more: DicomItem = {}): Promise<Buffer> {
  const { data, info } = await sharp('annotations/films/nih-00002275_018.jpg')
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const samples = Uint16Array.from(data, (v) => 200 + v * 14);
  return dicomFilm(
    { width: info.width, height: info.height, samples, bitsStored: 12 },
    {
      '00100010': ['PN', 'Secretname^Only'],
      '00100020': ['LO', `SECRET-ID-${number}`],
      '00080050': ['SH', `SECRET-ACC-${number}`],
      '00080008': ['CS', 'ORIGINAL\\PRIMARY'],
      '00080020': ['DA', today()],
      '00080018': ['UI', `${root}.${number}.3`],
      '0020000D': ['UI', `${root}.${number}.1`],
      '0020000E': ['UI', `${root}.${number}.2`],
      '00281050': ['DS', '1985'],
      '00281051': ['DS', '3570'],
      ...more,
    },
  );
}

/** Waits until a study has results; the test's own time limit ends that. */
export async function studyWith(pacs: Orthanc, number: number, count: number): Promise<Record<string, unknown>[]> {
  for (;;) {
    const all = await pacs.instances();
    const study = all.filter(({ StudyInstanceUID }) => StudyInstanceUID === `${root}.${number}.1`);
    if (study.length >= count) return study;
    await delay(100);
  }
}

/** Settings with a folder of their own; the source is called `orthanc`. */
export async function settingsFor(pacs: Orthanc): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'lesion-pacs-'));
  await copyEmbeddedLog(folder);
  await writeFile(join(folder, 'password'), `${pacs.password}\n`);
  const source = {
    name: 'orthanc',
    url: pacs.dicomWeb,
    auth: { user: pacs.user, passwordFile: 'password' },
    pollSeconds: 0.5,
  };
  await writeFile(join(folder, 'pacs.json'), JSON.stringify({ sources: [source] }));
  return {
    PORT: '0',
    DATA_DIR: folder,
    MODEL: 'cxr-opacity',
    EXECUTION_PROVIDERS: 'cpu',
    IMAGE_STORE: 'none',
    PACS_SOURCES: join(folder, 'pacs.json'),
    PACS_RETRY_DELAY_S: '1',
  };
}
