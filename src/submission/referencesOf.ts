import type { Analysis } from '../engine/index.js';
import type { FilmReferences } from '../log/index.js';
import { SubmissionRefused } from './errors.js';

/** Each names one object: if two differ, they mean two films or two studies. */
const uids = [
  ['studyInstanceUid', 'Study Instance UID'],
  ['seriesInstanceUid', 'Series Instance UID'],
  ['sopInstanceUid', 'SOP Instance UID'],
] as const;

/**
 * The references that the row keeps: the sender's, completed from the film's own file. A sender may name the patient,
 * the examination and its day differently from the file (in a trial, say), so the sender's win. A UID other than the
 * file's means that two films were mixed up.
 *
 * @throws SubmissionRefused `bad-parameter`
 */
export function referencesOf(given: FilmReferences, identifiers: Analysis['identifiers']): FilmReferences {
  if (identifiers === undefined) return given;
  for (const [name, title] of uids) {
    if (given[name] !== undefined && identifiers[name] !== undefined && given[name] !== identifiers[name])
      throw new SubmissionRefused('bad-parameter', `The field “${name}” is not the ${title} in the DICOM file.`);
  }
  return { ...identifiers, ...given };
}
