import type { Source } from './sources/source.js';

/** What is known of an image before it is fetched, or after. */
export interface ImageFacts {
  readonly sopClassUid: string | undefined;
  readonly imageType: readonly string[];
}

const root = '1.2.840.10008.5.1.4.1.1';
/** Computed Radiography, Digital X-Ray for presentation and for processing. */
const filmClasses: ReadonlySet<string> = new Set([`${root}.1`, `${root}.1.1`, `${root}.1.1.1`]);

/**
 * The loop guard: what we store (structured reports, presentation states, secondary captures) is never input, nor is
 * any other secondary picture. Derived ones are films only for a source that says so: many DX systems call every film
 * for presentation DERIVED.
 */
export function isFilm(
  { sopClassUid, imageType }: ImageFacts,
  { derivedImages }: Pick<Source, 'derivedImages'>,
): boolean {
  const [pixels = '', patient = ''] = imageType;
  return (
    sopClassUid !== undefined &&
    filmClasses.has(sopClassUid) &&
    patient !== 'SECONDARY' &&
    (derivedImages || pixels !== 'DERIVED')
  );
}

/** Whether a series is wanted. Body part and descriptions are often empty: what says nothing isn't refused for it. */
export function isWanted(
  series: { readonly modality?: string; readonly bodyPart?: string; readonly descriptions: readonly string[] },
  { modalities, bodyParts, descriptions }: Pick<Source, 'modalities' | 'bodyParts' | 'descriptions'>,
): boolean {
  const { modality = '', bodyPart = '' } = series;
  if (!modalities.includes(modality)) return false;
  if (bodyParts.length > 0 && bodyPart !== '' && !bodyParts.some((part) => isSame(part, bodyPart))) return false;
  const given = series.descriptions.filter((text) => text !== '').map((text) => text.toLowerCase());
  return (
    descriptions.length === 0 ||
    given.length === 0 ||
    descriptions.some((wanted) => given.some((text) => text.includes(wanted.toLowerCase())))
  );
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
