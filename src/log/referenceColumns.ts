import type { Selectable } from 'kysely';
import type { FilmReferencesTable } from '../database/index.js';
import type { FilmReferences } from './entry.js';

/** References as columns of film_references. */
export function referenceColumns(references: FilmReferences) {
  return {
    patient_ref: references.patientRef ?? null,
    accession_number: references.accessionNumber ?? null,
    study_instance_uid: references.studyInstanceUid ?? null,
    series_instance_uid: references.seriesInstanceUid ?? null,
    sop_instance_uid: references.sopInstanceUid ?? null,
    external_id: references.externalId ?? null,
    study_date: references.studyDate ?? null,
    label: references.label ?? null,
  };
}

/** The inverse. Unknown values are left out. */
export function referencesOf(row: Omit<Selectable<FilmReferencesTable>, 'detection_id' | 'salt'>): FilmReferences {
  const members = {
    patientRef: row.patient_ref,
    accessionNumber: row.accession_number,
    studyInstanceUid: row.study_instance_uid,
    seriesInstanceUid: row.series_instance_uid,
    sopInstanceUid: row.sop_instance_uid,
    externalId: row.external_id,
    studyDate: row.study_date,
    label: row.label,
  } satisfies Record<keyof FilmReferences, string | null>;
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
}
