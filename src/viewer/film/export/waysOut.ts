import type { Api } from '../../api/index.js';
import type { MenuEntry } from '../frame/menu.js';
import type { Reading } from '../state/reading.js';
import { pictureWithBoxes } from './pictureWithBoxes.js';
import { saveFile } from './saveFile.js';

export interface WaysOutOptions {
  readonly reading: Reading;
  readonly api: Pick<Api, 'reportFile'>;
  readonly print: () => void;
  readonly say: (text: string) => void;
}

/** How a result leaves the page: copied, saved, printed, or as a link. */
export function waysOut({ reading, api, print, say }: WaysOutOptions): readonly MenuEntry[] {
  const { id } = reading.film;
  const entry = (says: string, act: () => Promise<string | undefined>): MenuEntry => ({
    says,
    act() {
      void act().then(
        (done) => {
          if (done !== undefined) say(done);
        },
        (fault: unknown) => {
          say(fault instanceof Error ? fault.message : String(fault));
        },
      );
    },
  });
  const save = async (blob: Promise<Blob>, name: string): Promise<string> => {
    saveFile(await blob, name);
    return `Saved as ${name}.`;
  };
  return [
    entry('Copy the picture', () => copyPicture(pictureWithBoxes(reading))),
    entry('Save the picture with its boxes (PNG)', () => save(pictureWithBoxes(reading), `film-${id}.png`)),
    entry('Save the boxes as an overlay (SVG)', () => save(api.reportFile(id, 'overlay.svg'), `overlay-${id}.svg`)),
    entry('Save the report (JSON)', () => save(api.reportFile(id), `report-${id}.json`)),
    entry('Copy the link to this page', () => copyLink(`${location.origin}/films/${encodeURIComponent(id)}`)),
    { says: 'Print', act: print },
  ];
}

/** The promise is passed unresolved: a browser accepts it within the click, but rejects a copy requested later. */
async function copyPicture(picture: Promise<Blob>): Promise<string> {
  if (!isSecureContext || typeof ClipboardItem === 'undefined') {
    await picture;
    throw new Error("This browser can't copy pictures from this address. Save the picture instead.");
  }
  await navigator.clipboard.write([new ClipboardItem({ 'image/png': picture })]);
  return 'Picture copied, with its boxes.';
}

async function copyLink(link: string): Promise<string> {
  // A page loaded without TLS has no clipboard.
  if (!isSecureContext) throw new Error(`This browser can't copy from this address. The link is ${link}`);
  await navigator.clipboard.writeText(link);
  return 'Link copied. It opens for anyone who may see the film.';
}
