import type { Analysis } from '../engine/index.js';
import type { FilmReferences } from '../log/index.js';
import { SubmissionRefused } from './errors.js';

/** Names of one object each: two that differ mean two films, or two studies. */
const uids = [
  ['studyInstanceUid', 'Study Instance UID'],
  ['sopInstanceUid', 'SOP Instance UID'],
] as const;

/**
 * What the row keeps of whose film it is: what the sender says, and what the film's own file says of the rest. A sender
 * may have other names than the file for a patient, an examination and its day (a trial's, say), so those stand. A UID
 * that is not the file's is a mix-up of two films.
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
