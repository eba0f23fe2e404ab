import type { FilmAvailability } from '../../films/index.js';
import type { FilmReferences, LoggedDetection } from '../../log/index.js';

/**
 * A row as lists show it: the report as it was logged, plus how many boxes it has, whether the film can be shown and,
 * for those who may know, whose film it is.
 */
export function listedText(
  { report, reportText }: LoggedDetection,
  film: FilmAvailability | undefined,
  references?: FilmReferences,
): string {
  const beside = {
    boxCount: report.state === 'not-analysed' ? null : report.detections.length,
    film: {
      status: film?.status ?? 'not-kept',
      sha256: film?.sha256 ?? null,
      expiresAt: film?.expiresAt?.toISOString() ?? null,
    },
    ...(references !== undefined && { references }),
  };
  // Both are JSON objects with members, so their texts can be joined at the braces.
  return `${reportText.slice(0, -1)},${JSON.stringify(beside).slice(1)}`;
}
