import type { ListItem } from '../api/index.js';
import type { PageContext } from '../app/page.js';
import { filmName } from '../app/filmName.js';
import { element } from '../dom/element.js';
import { when } from '../ui/dates.js';
import { confirmed } from '../ui/dialog.js';
import { faultText } from '../ui/form.js';

/** Deletes a film's pixels from the server after confirmation; resolves to whether they are gone. */
export async function deletePixels(
  item: ListItem,
  { api, say, names }: Pick<PageContext, 'api' | 'say' | 'names'>,
): Promise<boolean> {
  const { id, createdAt, submitter, film } = item;
  if (film.sha256 === null) {
    say('This film is still being saved. Refresh the list and try again.');
    return false;
  }
  const name = filmName(item, names);
  const wanted = await confirmed({
    title: "Delete this film's pixels?",
    // This can't be undone: the picture shows which film it is, even if several arrived in one minute.
    shown: element(
      'figure',
      { class: 'film-to-delete' },
      element('img', { src: api.thumbnailPath(id), alt: '', width: 160, height: 160 }),
      element('figcaption', {}, element('strong', {}, name), `sent ${when(createdAt)} by ${submitter}`),
    ),
    question: [
      'This deletes the pixels of this film from this server, for every report on the same image.',
      "The reports stay. This can't be undone.",
    ].join(' '),
    act: 'Delete pixels',
  });
  if (!wanted) return false;
  try {
    await api.deleteImage(film.sha256);
  } catch (error) {
    say(`Not deleted: ${faultText(error)}`);
    return false;
  }
  say(`Pixels of ${name} deleted.`);
  return true;
}
