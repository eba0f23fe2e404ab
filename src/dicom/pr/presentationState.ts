import type { Report } from '../../report/index.js';
import { derivedUid, type ResultKey } from '../derivedUid.js';
import { bodyPart, dateAndTime, equipment, patientAndStudy, referenceTo, series } from '../modules.js';
import type { SourceInstance } from '../source/sourceInstance.js';
import type { DataSet, Instance } from '../write/dataSet.js';
import { graphicAnnotations, layerName } from './annotations.js';
import { greyPipeline } from './greyPipeline.js';

/** Grayscale Softcopy Presentation State Storage. */
const sopClassUid = '1.2.840.10008.5.1.4.1.1.11.1';

type Image = NonNullable<Report['image']>;

/**
 * The boxes as a drawing that any viewer can lay over the film (PS3.3, A.33.1). It says how the film is shown, too, so
 * it needs the film's size.
 */
export function presentationState(
  report: Report,
  image: Image,
  source: SourceInstance,
  key: ResultKey,
  softwareVersion: string,
): Instance {
  const { date, time } = dateAndTime(report.createdAt);
  return {
    SOPClassUID: sopClassUid,
    SOPInstanceUID: derivedUid(key, 'pr'),
    ...patientAndStudy(source),
    ...series(derivedUid(key, 'pr-series'), 'PR', 9702, 'Lesion detector: boxes'),
    ...bodyPart(source),
    ...equipment(report, softwareVersion),
    InstanceNumber: 1,
    ContentLabel: 'LESION_DETECTOR',
    ContentDescription: report.notice,
    ContentCreatorName: '',
    PresentationCreationDate: date,
    PresentationCreationTime: time,
    ReferencedSeriesSequence: [
      { SeriesInstanceUID: source.seriesInstanceUid, ReferencedImageSequence: [referenceTo(source)] },
    ],
    GraphicLayerSequence: [{ GraphicLayer: layerName, GraphicLayerOrder: 1 }],
    GraphicAnnotationSequence: graphicAnnotations(report),
    DisplayedAreaSelectionSequence: [wholeFilm(image)],
    ...greyPipeline(source.greyLevels, image.dicom?.photometricInterpretation),
  };
}

/** C.10.4: here pixels are counted from 1\1, their upper left corners. */
function wholeFilm({ width, height, dicom }: Image): DataSet {
  const spacing = dicom?.pixelSpacing;
  return {
    DisplayedAreaTopLeftHandCorner: [1, 1],
    DisplayedAreaBottomRightHandCorner: [width, height],
    PresentationSizeMode: 'SCALE TO FIT',
    ...(spacing
      ? { PresentationPixelSpacing: [spacing.rowMm, spacing.columnMm] }
      : { PresentationPixelAspectRatio: [1, 1] }),
  };
}
