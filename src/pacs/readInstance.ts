import { readSourceInstance, type SourceInstance, SourceInstanceError } from '../dicom/index.js';
import { readDataSet } from '../imaging/dicom/readDataSet.js';
import { FilmError } from '../imaging/index.js';
import { PacsError } from './dicomweb/pacsError.js';
import type { InstanceUids } from './dicomweb/retrieve.js';
import { isFilm } from './filmFilter.js';
import type { Source } from './sources/source.js';

const imageType = 'x00080008';
/** Limit for a deflated film; the decoder has one of its own. */
const mostInflatedBytes = 512 * 1024 * 1024;

/**
 * The film as its file describes itself. The file itself must say that it is the film that was asked for: lists and
 * answers of a PACS aren't believed.
 *
 * @throws PacsError `other-instance` if it is another one
 * @throws FilmError if it can't be read, or is not a film after all
 */
export function readInstance(
  bytes: Uint8Array,
  { study, series, instance }: InstanceUids,
  source: Pick<Source, 'derivedImages'>,
): SourceInstance {
  const found = sourceInstanceOf(bytes);
  if (found.studyInstanceUid !== study || found.seriesInstanceUid !== series || found.sopInstanceUid !== instance)
    throw new PacsError('other-instance', 'The PACS sent another instance than the one that was asked for.');
  const { attributes } = readDataSet(bytes, mostInflatedBytes);
  if (!isFilm({ sopClassUid: found.sopClassUid, imageType: attributes.texts(imageType) }, source))
    throw new FilmError('unsupported-image', 'The instance is no original film: it is derived, or of another kind.');
  return found;
}

/** A film whose results couldn't be filed with its patient is refused before it is analysed. */
function sourceInstanceOf(bytes: Uint8Array): SourceInstance {
  try {
    return readSourceInstance(bytes, mostInflatedBytes);
  } catch (error) {
    throw error instanceof SourceInstanceError ? new FilmError('unsupported-image', error.message) : error;
  }
}
