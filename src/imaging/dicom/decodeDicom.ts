import { createHash } from 'node:crypto';
import type { Film } from '../film.js';
import { assertSize } from '../filmSize.js';
import { rangeUsed } from '../rangeUsed.js';
import { greyLevels } from './greyLevels.js';
import { identifiersOf } from './identifiers.js';
import { nativePixels } from './nativePixels.js';
import { pixelLayout } from './pixelLayout.js';
import { readDataSet } from './readDataSet.js';
import { colourRefused, refusedSyntax } from './refusals.js';
import { assertFilm } from './sopClass.js';
import { pixelSpacing } from './spacing.js';
import { viewFault } from './view.js';

export interface DicomOptions {
  readonly maxPixels: number;
  readonly secondaryCapture?: boolean;
}

/** Of a deflated file: the pixels of the largest film, and as much again for all the rest. */
const inflatedBytesPerPixel = 4;

/**
 * A DICOM Part 10 file → a film as it is to be seen: its grey levels are windowed, and turned round where the file says
 * so, 16 bits deep.
 *
 * @throws FilmError
 */
export function decodeDicom(bytes: Uint8Array, { maxPixels, secondaryCapture = false }: DicomOptions): Film {
  const { attributes, syntax } = readDataSet(bytes, maxPixels * inflatedBytesPerPixel);
  const isSecondaryCapture = assertFilm(attributes, secondaryCapture);
  const layout = pixelLayout(attributes);
  assertSize(layout, maxPixels);
  const { width, height, photometric } = layout;
  if (syntax.coding !== 'native') throw refusedSyntax(syntax.uid, syntax.name);
  if (photometric !== 'MONOCHROME1' && photometric !== 'MONOCHROME2') throw colourRefused();
  const stored = nativePixels(attributes, layout);
  const { pixels, windowSource, inverted } = greyLevels(stored, layout, attributes);
  const bits = pixels instanceof Uint16Array ? 16 : 8;
  const fault = viewFault(attributes);
  return {
    width,
    height,
    channels: 1,
    pixels,
    identifiers: identifiersOf(attributes),
    ...(fault === undefined ? {} : { fault }),
    facts: {
      sha256: createHash('sha256').update(bytes).digest('hex'),
      width,
      height,
      format: 'dicom',
      bits,
      preparation: {
        window: null,
        inverted,
        orientation: 1,
        rangeUsed: rangeUsed(pixels, 2 ** bits - 1),
      },
      dicom: {
        transferSyntax: syntax.uid,
        photometricInterpretation: photometric,
        windowSource,
        pixelSpacing: pixelSpacing(attributes),
        lossy: false,
        secondaryCapture: isSecondaryCapture,
      },
    },
  };
}
