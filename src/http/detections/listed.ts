import type { FilmAvailability } from '../../films/index.js';
import type { FilmReferences, LoggedDetection } from '../../log/index.js';

/**
 * A row as lists show it: the report as it was logged, and beside it how many boxes it has, whether the film can be
 * shown, and whose film it is, for those who may know.
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
  // Both are JSON objects with members: what is between their braces is put behind each other.
  return `${reportText.slice(0, -1)},${JSON.stringify(beside).slice(1)}`;
}
