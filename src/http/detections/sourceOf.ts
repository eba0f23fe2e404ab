import type { SourceInstance } from '../../dicom/index.js';
import type { FilmReferences } from '../../log/index.js';
import type { Report } from '../../report/index.js';
import { Problem } from '../errors/problems.js';

/**
 * What the log knows of the film's own file. It keeps no names: what an object must have and isn't known stays empty.
 *
 * @throws Problem `no-dicom-result`
 */
export function sourceOf(report: Report, references: FilmReferences | undefined): SourceInstance {
  if (report.image === null) throw missing('The film was not decoded.');
  if (report.image.format !== 'dicom') throw missing('The film did not come as DICOM.');
  const { sopClass } = report.image.dicom ?? {};
  if (sopClass === undefined) throw missing('The film was logged by a version that did not keep its SOP class.');
  const { sopInstanceUid, seriesInstanceUid, studyInstanceUid, patientRef, accessionNumber, studyDate } =
    references ?? {};
  if (sopInstanceUid === undefined || seriesInstanceUid === undefined || studyInstanceUid === undefined)
    throw missing('The UIDs of the film are not known: its file had none, or its references were erased.');
  return {
    sopClassUid: sopClass,
    sopInstanceUid,
    seriesInstanceUid,
    studyInstanceUid,
    ...(patientRef !== undefined && { patientId: patientRef }),
    ...(accessionNumber !== undefined && { accessionNumber }),
    ...(studyDate !== undefined && { studyDate: studyDate.replaceAll('-', '') }),
  };
}

function missing(detail: string): Problem {
  return new Problem('no-dicom-result', detail);
}
