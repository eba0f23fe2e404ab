import { FilmError } from '../../film.js';
import type { Attributes } from '../attributes.js';
import { broken } from '../refusals.js';
import { tags } from '../tags.js';

/**
 * The code stream of the one frame of a compressed film: all fragments joined, since a film has one frame (PS3.5,
 * annex A.4).
 */
export function codedFrame(attributes: Attributes): Uint8Array<ArrayBuffer> {
  const element = attributes.element(tags.pixelData);
  if (element === undefined) throw broken('it has no pixel data (7FE0,0010)');
  const { fragments, basicOffsetTable = [] } = element;
  if (fragments === undefined) throw broken('its transfer syntax is compressed and its pixels are not');
  if (basicOffsetTable.length > 1)
    throw new FilmError(
      'several-frames',
      `The DICOM file holds ${basicOffsetTable.length} frames: one film at a time.`,
    );
  const size = fragments.reduce((sum, { length }) => sum + length, 0);
  // Fragments can't overlap: together they are no longer than the file.
  if (size === 0 || size > attributes.bytes.length) throw broken('its pixel data is empty');
  const frame = new Uint8Array(size);
  let at = 0;
  for (const { position, length } of fragments) {
    frame.set(attributes.bytes.subarray(position, position + length), at);
    at += length;
  }
  return frame;
}
