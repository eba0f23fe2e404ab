import { createHash } from 'node:crypto';
import { type DicomFacts, type Film, FilmError } from '../film.js';
import { assertSize } from '../filmSize.js';
import { rangeUsed } from '../rangeUsed.js';
import { decodePixels } from './codecs/decodePixels.js';
import { rgbOf } from './colour.js';
import { greyLevels } from './greyLevels.js';
import { identifiersOf } from './identifiers.js';
import { type PixelLayout, pixelLayout } from './pixelLayout.js';
import { type DataSet, readDataSet } from './readDataSet.js';
import { pictureless } from './pictureless.js';
import { assertFilm, notAFilm } from './sopClass.js';
import { pixelSpacing } from './spacing.js';
import { tags } from './tags.js';
import { viewFault } from './view.js';

export interface DicomOptions {
  readonly maxPixels: number;
  readonly secondaryCapture?: boolean;
}

/** Limit for a deflated file: the pixels of the largest film, and as much again for everything else. */
const inflatedBytesPerPixel = 4;

/**
 * A DICOM Part 10 file → a film as it should be displayed: its grey levels are windowed, and inverted if the file says
 * so, 16 bits deep. Colour, which only secondary captures have, stays as it is.
 *
 * @throws FilmError
 */
export async function decodeDicom(
  bytes: Uint8Array,
  { maxPixels, secondaryCapture = false }: DicomOptions,
): Promise<Film> {
  const object = pictureless(bytes);
  if (object !== undefined) throw notAFilm(object);
  const dataSet = readDataSet(bytes, maxPixels * inflatedBytesPerPixel);
  const { attributes, syntax } = dataSet;
  const isSecondaryCapture = assertFilm(attributes, secondaryCapture);
  const layout = pixelLayout(attributes);
  assertSize(layout, maxPixels);
  if (!isGrey(layout) && !isSecondaryCapture)
    throw new FilmError('unsupported-image', 'The DICOM file holds a colour picture, which no film is.');
  const { pixels, channels, inverted, windowSource } = await picture(dataSet, layout);
  const { width, height, photometric } = layout;
  const bits = pixels instanceof Uint16Array ? 16 : 8;
  const fault = viewFault(attributes);
  return {
    width,
    height,
    channels,
    pixels,
    identifiers: identifiersOf(attributes),
    ...(fault === undefined ? {} : { fault }),
    facts: {
      sha256: createHash('sha256').update(bytes).digest('hex'),
      width,
      height,
      format: 'dicom',
      bits,
      preparation: { window: null, inverted, orientation: 1, rangeUsed: rangeUsed(pixels, 2 ** bits - 1) },
      dicom: {
        sopClass: attributes.text(tags.sopClassUid) ?? '',
        transferSyntax: syntax.uid,
        photometricInterpretation: photometric,
        windowSource,
        pixelSpacing: pixelSpacing(attributes),
        lossy: isLossy(dataSet),
        secondaryCapture: isSecondaryCapture,
      },
    },
  };
}

type Picture = Pick<Film, 'pixels' | 'channels'> & Pick<DicomFacts, 'windowSource'> & { readonly inverted: boolean };

async function picture(dataSet: DataSet, layout: PixelLayout): Promise<Picture> {
  const stored = await decodePixels(dataSet, layout);
  const { attributes, syntax } = dataSet;
  if (isGrey(layout)) return { channels: 1, ...greyLevels(stored, layout, attributes) };
  const pixels = rgbOf(stored, layout, syntax.coding, attributes);
  return { channels: 3, pixels, windowSource: 'none', inverted: false };
}

function isGrey({ photometric }: PixelLayout): boolean {
  return photometric === 'MONOCHROME1' || photometric === 'MONOCHROME2';
}

/** By what the file says; if it says nothing, by whether its transfer syntax is a lossy one. */
function isLossy({ attributes, syntax }: DataSet): boolean {
  const said = attributes.text(tags.lossyImageCompression);
  return said === '01' || (said !== '00' && syntax.lossy === true);
}
