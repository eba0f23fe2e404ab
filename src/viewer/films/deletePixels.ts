import type { ListItem } from '../api/index.js';
import type { PageContext } from '../app/page.js';
import { when } from '../ui/dates.js';
import { confirmed } from '../ui/dialog.js';
import { faultText } from '../ui/form.js';

/** Asks, and then deletes a film's pixels from the server; resolves to whether they are gone. */
export async function deletePixels(
  { id, createdAt, film: { sha256 } }: ListItem,
  { api, say }: Pick<PageContext, 'api' | 'say'>,
): Promise<boolean> {
  if (sha256 === null) {
    say('This film is just being written. Refresh the list and try again.');
    return false;
  }
  const question = [
    `This deletes the pixels of the film of ${when(createdAt)} from this server, for every report on the same image.`,
    "The reports stay. This can't be undone.",
  ].join(' ');
  if (!(await confirmed({ title: "Delete this film's pixels?", question, act: 'Delete pixels' }))) return false;
  try {
    await api.deleteImage(sha256);
  } catch (error) {
    say(`Not deleted: ${faultText(error)}`);
    return false;
  }
  say(`The pixels of film …${id.slice(-8)} are deleted.`);
  return true;
}
