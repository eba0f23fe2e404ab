import type { Report } from '../../report/index.js';
import { derivedUid, type ResultKey } from '../derivedUid.js';
import { bodyPart, dateAndTime, equipment, patientAndStudy, referenceTo, series } from '../modules.js';
import type { SourceInstance } from '../source/sourceInstance.js';
import { codeItem } from '../code.js';
import type { Instance } from '../write/dataSet.js';

/** The film with the result drawn into it: state, boxes and notice must be in its pixels already. */
export interface BurntPicture {
  readonly width: number;
  readonly height: number;
  /** RGB, interleaved, rows from the top: `width · height · 3` bytes. */
  readonly pixels: Uint8Array;
}

/** Secondary Capture Image Storage. */
const sopClassUid = '1.2.840.10008.5.1.4.1.1.7';

/**
 * A picture for viewers that draw neither reports nor presentation states (PS3.3, A.8.1).
 *
 * @throws RangeError if there are more or fewer pixels than width and height say
 */
export function secondaryCapture(
  report: Report,
  { width, height, pixels }: BurntPicture,
  source: SourceInstance,
  key: ResultKey,
  softwareVersion: string,
): Instance {
  if (pixels.length !== width * height * 3)
    throw new RangeError(`${width} × ${height} pixels are not ${pixels.length} bytes of RGB`);
  const { date, time } = dateAndTime(report.createdAt);
  return {
    SOPClassUID: sopClassUid,
    SOPInstanceUID: derivedUid(key, 'sc'),
    ...patientAndStudy(source),
    ...series(derivedUid(key, 'sc-series'), 'OT', 9703, 'Lesion detector: picture'),
    ...bodyPart(source),
    ...equipment(report, softwareVersion),
    ConversionType: 'WSD',
    InstanceNumber: 1,
    PatientOrientation: '',
    ContentDate: date,
    ContentTime: time,
    ImageType: ['DERIVED', 'SECONDARY'],
    BurnedInAnnotation: 'YES',
    DerivationDescription: `Boxes of ${report.model.name} ${report.model.version}. ${report.notice}`,
    SourceImageSequence: [
      {
        ...referenceTo(source),
        PurposeOfReferenceCodeSequence: [codeItem(['121322', 'DCM', 'Source image for image processing operation'])],
      },
    ],
    SamplesPerPixel: 3,
    PhotometricInterpretation: 'RGB',
    PlanarConfiguration: 0,
    Rows: height,
    Columns: width,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
    PixelData: even(pixels),
  };
}

/** Values have an even number of bytes. */
function even(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array(bytes.length + (bytes.length % 2));
  padded.set(bytes);
  return padded;
}
