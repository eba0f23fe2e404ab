import { FilmError } from '../film.js';
import type { Attributes } from './attributes.js';
import { broken } from './refusals.js';
import { tags } from './tags.js';

/** How samples are stored in bytes: Image Pixel Module, PS3.3, section C.7.6.3. */
export interface PixelLayout {
  readonly width: number;
  readonly height: number;
  readonly samplesPerPixel: 1 | 3;
  readonly photometric: string;
  /** RGB as three planes, one after the other. */
  readonly planar: boolean;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  /** Bits below the stored ones, normally 0. */
  readonly shift: number;
  readonly signed: boolean;
}

/** @throws FilmError */
export function pixelLayout(attributes: Attributes): PixelLayout {
  const one = (tag: string) => attributes.shorts(tag)[0];
  const frames = attributes.text(tags.numberOfFrames);
  if (frames !== undefined && frames !== '1' && Number(frames) !== 1) throw severalFrames(frames);
  const [width, height] = [one(tags.columns), one(tags.rows)];
  if (!width || !height) throw broken('it does not say how many rows and columns its picture has');
  const photometric = attributes.text(tags.photometricInterpretation) ?? 'MONOCHROME2';
  const samplesPerPixel = one(tags.samplesPerPixel) ?? 1;
  const bitsAllocated = one(tags.bitsAllocated) ?? 16;
  const bitsStored = one(tags.bitsStored) ?? bitsAllocated;
  const highBit = one(tags.highBit) ?? bitsStored - 1;
  if (bitsAllocated !== 8 && bitsAllocated !== 16)
    throw unsupported(`Samples of ${bitsAllocated} bits are not read: send 8 or 16.`);
  if (bitsStored < 1 || bitsStored > bitsAllocated || highBit >= bitsAllocated || highBit < bitsStored - 1)
    throw broken(`${bitsStored} bits up to bit ${highBit} do not fit into ${bitsAllocated}`);
  if (samplesPerPixel !== (isColour(photometric) ? 3 : 1))
    throw broken(`${samplesPerPixel} samples a pixel do not go with its photometric interpretation`);
  return {
    width,
    height,
    samplesPerPixel,
    photometric,
    planar: one(tags.planarConfiguration) === 1,
    bitsAllocated,
    bitsStored,
    shift: highBit + 1 - bitsStored,
    signed: one(tags.pixelRepresentation) === 1,
  };
}

const grey: ReadonlySet<string> = new Set(['MONOCHROME1', 'MONOCHROME2', 'PALETTE COLOR']);
const colour: ReadonlySet<string> = new Set(['RGB', 'YBR_FULL', 'YBR_FULL_422', 'YBR_ICT', 'YBR_RCT']);

function isColour(photometric: string): boolean {
  if (grey.has(photometric)) return false;
  if (colour.has(photometric)) return true;
  throw unsupported('Its photometric interpretation is not read: send MONOCHROME1 or MONOCHROME2.');
}

function severalFrames(frames: string): FilmError {
  const count = /^\d{1,9}$/.test(frames) ? `${Number(frames)} frames` : 'a number of frames that is none';
  return new FilmError('several-frames', `The DICOM file holds ${count}: one film at a time.`);
}

function unsupported(why: string): FilmError {
  return new FilmError('unsupported-image', `The DICOM file can't be read as a film. ${why}`);
}
