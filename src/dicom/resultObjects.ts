import type { Report } from '../report/index.js';
import { resultKey } from './derivedUid.js';
import { presentationState } from './pr/presentationState.js';
import { type BurntPicture, secondaryCapture } from './sc/secondaryCapture.js';
import type { SourceInstance } from './source/sourceInstance.js';
import { structuredReport } from './sr/structuredReport.js';
import type { Instance } from './write/dataSet.js';
import { writeFile } from './write/writeFile.js';

/** A DICOM Part 10 file, and what it says of itself. */
export interface ResultObject {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly bytes: Uint8Array;
}

export interface ResultObjects {
  /** Comprehensive 3D SR, in every state. */
  readonly sr: ResultObject;
  /** Grayscale Softcopy Presentation State; undefined if the film was not decoded, so that its size is unknown. */
  readonly pr?: ResultObject;
  /** Secondary capture, if there is a picture for it. */
  readonly sc?: ResultObject;
}

export interface ResultOptions {
  /** Version of this software. */
  readonly softwareVersion: string;
  /** Hex, if the pixels were hashed: the UIDs are derived from it, otherwise from the hash of the film's file. */
  readonly pixelSha256?: string;
  readonly picture?: BurntPicture;
}

/**
 * A report as objects for the film's own study, each in a series of its own. Their UIDs are derived (see `derivedUid`),
 * so a retry makes the same objects, byte for byte if it is of the same report.
 *
 * @throws RangeError if the picture has more or fewer pixels than its size says
 */
export async function resultObjects(
  report: Report,
  source: SourceInstance,
  { softwareVersion, pixelSha256, picture }: ResultOptions,
): Promise<ResultObjects> {
  const key = resultKey(report, source.sopInstanceUid, pixelSha256);
  const sr = structuredReport(report, source, key, softwareVersion);
  const pr = report.image && presentationState(report, report.image, source, key, softwareVersion);
  const sc = picture && secondaryCapture(report, picture, source, key, softwareVersion);
  return {
    sr: await resultObject(sr),
    ...(pr && { pr: await resultObject(pr) }),
    ...(sc && { sc: await resultObject(sc) }),
  };
}

async function resultObject(object: Instance): Promise<ResultObject> {
  return {
    sopClassUid: object.SOPClassUID,
    sopInstanceUid: object.SOPInstanceUID,
    seriesInstanceUid: object.SeriesInstanceUID,
    bytes: await writeFile(object),
  };
}
