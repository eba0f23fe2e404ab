import type { ListItem } from '../api/index.js';
import { momentToSecond } from '../ui/dates.js';

/** What a film is called everywhere on the page. Never part of an id, which nobody can tell films apart by. */
export function filmName(
  item: Pick<ListItem, 'id' | 'createdAt' | 'externalId' | 'references' | 'image'>,
  names: ReadonlyMap<string, string>,
): string {
  const { label, externalId, accessionNumber, patientRef } = item.references ?? {};
  return (
    label ??
    // The name of the file, known to the tab that sent it.
    names.get(item.id) ??
    externalId ??
    item.externalId ??
    (accessionNumber === undefined ? undefined : `accession ${accessionNumber}`) ??
    (patientRef === undefined ? undefined : `patient ${patientRef}`) ??
    namedByTime(item)
  );
}

function namedByTime({ createdAt, image }: Pick<ListItem, 'createdAt' | 'image'>): string {
  const size = image === null ? '' : `, ${image.width} × ${image.height}`;
  return `film of ${momentToSecond(createdAt)}${size}`;
}
