import type { References } from '../../api/index.js';
import { dayOf } from '../../ui/dates.js';

/** Whose film it is and which study, in the words of the upload form. */
export function identityFacts(
  references: References = {},
): readonly (readonly [name: string, value: string | undefined])[] {
  const { patientRef, accessionNumber, studyDate, label, externalId } = references;
  return [
    ['Patient', patientRef],
    ['Accession', accessionNumber],
    ['Study', studyDate === undefined ? undefined : dayOf(`${studyDate}T12:00`)],
    ['Label', label],
    ['External id', externalId],
  ];
}
