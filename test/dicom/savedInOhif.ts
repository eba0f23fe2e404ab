import { resultObjects, type SourceInstance } from '../../src/dicom/index.js';
import { codeItem } from '../../src/dicom/code.js';
import { concepts } from '../../src/dicom/sr/codes.js';
import { code, container, containerContent, polyline, text, uidReference } from '../../src/dicom/sr/contentItems.js';
import type { DataSet } from '../../src/dicom/write/dataSet.js';
import { writeFile } from '../../src/dicom/write/writeFile.js';
import type { Report } from '../../src/report/index.js';
import { source } from './results.js';

/** A measurement as OHIF 3.13.2 saves it; its defaults are those of a box that a reader drew. */
export interface Measurement {
  /** Columns and rows in turn. */
  readonly points: readonly number[];
  readonly comment?: string;
  readonly trackingUid?: string;
  readonly finding?: readonly [string, string, string];
  readonly tool?: string;
  readonly film?: string;
}

export function outline(x: number, y: number, width: number, height: number): readonly number[] {
  return [x, y, x + width, y, x + width, y + height, x, y + height, x, y];
}

interface Saving {
  readonly predecessor?: string | null;
  readonly sopClassUid?: string;
  readonly reader?: string;
  readonly changed?: DataSet;
}

/**
 * An Enhanced SR in our own series with ours as its predecessor, as OHIF 3.13.2 saves it: the region stands below the
 * first number alone, and of what we wrote only comment, finding and geometry come back.
 */
export async function savedInOhif(
  report: Report,
  measurements: readonly Measurement[],
  { predecessor, sopClassUid = '1.2.840.10008.5.1.4.1.1.88.22', reader = 'unknown^unknown', changed = {} }: Saving = {},
): Promise<Uint8Array> {
  const { sr } = await resultObjects(report, source, { softwareVersion: '1.2.3' });
  const replaced = predecessor === undefined ? sr.sopInstanceUid : predecessor;
  return writeFile({
    SOPClassUID: sopClassUid,
    SOPInstanceUID: '1.2.826.0.1.3680043.8.498.77',
    StudyInstanceUID: source.studyInstanceUid,
    SeriesInstanceUID: sr.seriesInstanceUid,
    InstanceNumber: 2,
    Modality: 'SR',
    ContentDate: '20260201',
    ContentTime: '134501.5',
    ...(replaced !== null && { PredecessorDocumentsSequence: [predecessorOf(replaced, sr.seriesInstanceUid)] }),
    ...containerContent(
      concepts.report,
      [
        {
          ...text('HAS OBS CONTEXT', ['121008', 'DCM', 'Person Observer Name'], ''),
          ValueType: 'PNAME',
          TextValue: undefined,
          PersonName: reader,
        },
        container(concepts.measurements, measurements.map(group)),
      ],
      '1500',
    ),
    ...changed,
  });
}

function predecessorOf(uid: string, series: string): DataSet {
  const instance = { ReferencedSOPClassUID: '1.2.840.10008.5.1.4.1.1.88.34', ReferencedSOPInstanceUID: uid };
  return {
    StudyInstanceUID: source.studyInstanceUid,
    ReferencedSeriesSequence: [{ SeriesInstanceUID: series, ReferencedSOPSequence: [instance] }],
  };
}

function group(
  { points, comment, trackingUid, finding, tool = 'RectangleROI', film }: Measurement,
  i: number,
): DataSet {
  const reference = referenceTo(source, film ?? source.sopInstanceUid);
  const area = {
    RelationshipType: 'CONTAINS',
    ValueType: 'NUM',
    ConceptNameCodeSequence: [codeItem(['42798000', 'SCT', 'Area'])],
    MeasuredValueSequence: [{ NumericValue: 42, MeasurementUnitsCodeSequence: [codeItem(['mm2', 'UCUM', 'mm2'])] }],
    ContentSequence: [polyline('INFERRED FROM', concepts.region, points, reference)],
  };
  return container(
    concepts.measurementGroup,
    [
      text('HAS OBS CONTEXT', concepts.trackingIdentifier, `Cornerstone3DTools@^0.1.0:${tool}`),
      uidReference('HAS OBS CONTEXT', concepts.trackingUid, trackingUid ?? `2.25.${1000 + i}`),
      ...(finding === undefined ? [] : [code('CONTAINS', concepts.finding, finding)]),
      area,
      ...(comment === undefined ? [] : [text('CONTAINS', concepts.comment, comment)]),
    ],
    '1410',
  );
}

function referenceTo({ sopClassUid }: SourceInstance, uid: string): DataSet {
  return { ReferencedSOPClassUID: sopClassUid, ReferencedSOPInstanceUID: uid };
}
