import { when } from '../../ui/dates.js';
import type { ShownFilm } from '../state/shownFilm.js';

/** The facts about a film in one line: its name in this tab, when it was sent, size, depth and format. */
export function filmFacts(film: ShownFilm, name: string | undefined): string {
  const report = film.loaded?.report;
  const image = report?.image ?? undefined;
  return [
    name,
    report === undefined ? undefined : when(report.createdAt),
    image === undefined
      ? undefined
      : `${image.width} × ${image.height}, ${image.bits}-bit ${image.format.toUpperCase()}`,
    image?.preparation.inverted === true ? 'inverted for the analysis' : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}
