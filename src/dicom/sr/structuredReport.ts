import type { Report } from '../../report/index.js';
import { derivedUid, deviceUid, type ResultKey } from '../derivedUid.js';
import { dateAndTime, equipment, manufacturer, patientAndStudy, referenceTo, series } from '../modules.js';
import type { SourceInstance } from '../source/sourceInstance.js';
import type { DataSet, Instance } from '../write/dataSet.js';
import { concepts, values } from './codes.js';
import { code, container, containerContent, image, text, uidReference } from './contentItems.js';
import { measurementGroup } from './measurementGroup.js';
import { stateText } from '../stateText.js';

/** Comprehensive 3D SR Storage. */
const sopClassUid = '1.2.840.10008.5.1.4.1.1.88.34';

/** The report as a Comprehensive 3D SR (PS3.3, A.35.13) of TID 1500, in the form that OHIF can edit. */
export function structuredReport(
  report: Report,
  source: SourceInstance,
  key: ResultKey,
  softwareVersion: string,
): Instance {
  const { date, time } = dateAndTime(report.createdAt);
  const film = referenceTo(source);
  return {
    SOPClassUID: sopClassUid,
    SOPInstanceUID: derivedUid(key, 'sr'),
    ...patientAndStudy(source),
    ...series(derivedUid(key, 'sr-series'), 'SR', 9701, 'Lesion detector: report'),
    ReferencedPerformedProcedureStepSequence: [],
    ...equipment(report, softwareVersion),
    InstanceNumber: 1,
    ContentDate: date,
    ContentTime: time,
    CompletionFlag: 'COMPLETE',
    VerificationFlag: 'UNVERIFIED',
    PreliminaryFlag: 'PRELIMINARY',
    PerformedProcedureCodeSequence: [],
    CurrentRequestedProcedureEvidenceSequence: [
      {
        StudyInstanceUID: source.studyInstanceUid,
        ReferencedSeriesSequence: [{ SeriesInstanceUID: source.seriesInstanceUid, ReferencedSOPSequence: [film] }],
      },
    ],
    ...containerContent(concepts.report, content(report, film, key), '1500'),
  };
}

function content(report: Report, film: DataSet, key: ResultKey): DataSet[] {
  const boxes = report.state === 'findings' ? report.detections : [];
  const state = stateText(report);
  return [
    code('HAS CONCEPT MOD', concepts.language, values.english),
    ...observer(report),
    code('HAS CONCEPT MOD', concepts.procedure, values.xray),
    container(concepts.imageLibrary, [container(concepts.imageLibraryGroup, [image('CONTAINS', film)])]),
    // OHIF looks for this container, and highdicom for something in it, even without a box.
    container(
      concepts.measurements,
      boxes.length === 0
        ? [text('CONTAINS', concepts.comment, state)]
        : boxes.map((box, i) => measurementGroup(box, derivedUid(key, `box-${i + 1}`), film, report)),
    ),
    container(concepts.evaluations, [
      text('CONTAINS', concepts.finding, state),
      ...facts(report).map((fact) => text('CONTAINS', concepts.comment, fact)),
    ]),
  ];
}

/** TID 1004: the network is the device that observed. */
function observer({ model }: Report): DataSet[] {
  return [
    code('HAS OBS CONTEXT', concepts.observerType, values.device),
    uidReference('HAS OBS CONTEXT', concepts.deviceUid, deviceUid(model)),
    text('HAS OBS CONTEXT', concepts.deviceName, model.name),
    text('HAS OBS CONTEXT', concepts.deviceManufacturer, manufacturer),
    text('HAS OBS CONTEXT', concepts.deviceModel, `${model.name} ${model.version}`),
  ];
}

/** For every state: which report this is, of which network, and what it must not be used for. */
function facts(report: Report): string[] {
  const { model } = report;
  return [
    report.notice,
    `State: ${report.state}`,
    ...(report.state === 'not-analysed' ? [] : [`Threshold: ${report.threshold}`, `Film score: ${report.filmScore}`]),
    `Model: ${model.name} ${model.version}, network ${model.onnxSha256}, spec ${model.specSha256}`,
    `Report: ${report.id}`,
  ];
}
