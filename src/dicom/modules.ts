import type { Report } from '../report/index.js';
import type { SourceInstance } from './source/sourceInstance.js';
import type { DataSet } from './write/dataSet.js';

/** Modules that all our objects have (PS3.3, annex C). */

/** C.7.1.1 and C.7.2.1: word for word as in the film, so that archives file the object with it. */
export function patientAndStudy(source: SourceInstance): DataSet {
  return {
    PatientName: source.patientName ?? '',
    PatientID: source.patientId ?? '',
    IssuerOfPatientID: source.issuerOfPatientId,
    PatientBirthDate: source.patientBirthDate ?? '',
    PatientSex: source.patientSex ?? '',
    StudyInstanceUID: source.studyInstanceUid,
    StudyDate: source.studyDate ?? '',
    StudyTime: source.studyTime ?? '',
    StudyID: source.studyId ?? '',
    StudyDescription: source.studyDescription,
    AccessionNumber: source.accessionNumber ?? '',
    ReferringPhysicianName: source.referringPhysicianName ?? '',
  };
}

/** C.7.3.1, as far as SR documents (C.17.1) have it, too. */
export function series(uid: string, modality: string, number: number, title: string) {
  return {
    Modality: modality,
    SeriesInstanceUID: uid,
    SeriesNumber: number,
    SeriesDescription: `${title} (research use only)`,
  };
}

/** C.7.3.1: laterality may be absent only where a body part says that there is one of it. Not for SR documents. */
export function bodyPart({ bodyPartExamined }: SourceInstance): DataSet {
  return bodyPartExamined === undefined ? { Laterality: '' } : { BodyPartExamined: bodyPartExamined };
}

/** C.7.5.1 and C.7.5.2: who made it. */
export function equipment({ model }: Report, softwareVersion: string): DataSet {
  return {
    Manufacturer: manufacturer,
    ManufacturerModelName: model.name,
    DeviceSerialNumber: model.onnxSha256,
    SoftwareVersions: [`${model.name} ${model.version}`, `${manufacturer} ${softwareVersion}`],
  };
}

export const manufacturer = 'lesion-detector';

/** DA and TM, UTC. */
export function dateAndTime(createdAt: string): { readonly date: string; readonly time: string } {
  const digits = createdAt.replace(/\D/g, '');
  return { date: digits.slice(0, 8), time: digits.slice(8, 14) };
}

/** One instance of one series, as every object refers to it (C.12.1.1 and others). */
export function referenceTo({ sopClassUid, sopInstanceUid }: SourceInstance): DataSet {
  return { ReferencedSOPClassUID: sopClassUid, ReferencedSOPInstanceUID: sopInstanceUid };
}
