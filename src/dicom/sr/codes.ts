import type { Code } from '../code.js';

/** Concepts of TID 1500 and what it includes (PS3.16). */
export const concepts = {
  report: ['126000', 'DCM', 'Imaging Measurement Report'],
  language: ['121049', 'DCM', 'Language of Content Item and Descendants'],
  observerType: ['121005', 'DCM', 'Observer Type'],
  deviceUid: ['121012', 'DCM', 'Device Observer UID'],
  deviceName: ['121013', 'DCM', 'Device Observer Name'],
  deviceManufacturer: ['121014', 'DCM', 'Device Observer Manufacturer'],
  deviceModel: ['121015', 'DCM', 'Device Observer Model Name'],
  procedure: ['121058', 'DCM', 'Procedure reported'],
  imageLibrary: ['111028', 'DCM', 'Image Library'],
  imageLibraryGroup: ['126200', 'DCM', 'Image Library Group'],
  measurements: ['126010', 'DCM', 'Imaging Measurements'],
  measurementGroup: ['125007', 'DCM', 'Measurement Group'],
  trackingIdentifier: ['112039', 'DCM', 'Tracking Identifier'],
  trackingUid: ['112040', 'DCM', 'Tracking Unique Identifier'],
  finding: ['121071', 'DCM', 'Finding'],
  findingSite: ['363698007', 'SCT', 'Finding Site'],
  region: ['111030', 'DCM', 'Image Region'],
  certainty: ['111012', 'DCM', 'Certainty of Finding'],
  comment: ['121106', 'DCM', 'Comment'],
  algorithmName: ['111001', 'DCM', 'Algorithm Name'],
  algorithmParameters: ['111002', 'DCM', 'Algorithm Parameters'],
  algorithmVersion: ['111003', 'DCM', 'Algorithm Version'],
  evaluations: ['C0034375', 'UMLS', 'Qualitative Evaluations'],
} as const satisfies Readonly<Record<string, Code>>;

export const values = {
  english: ['en-US', 'RFC5646', 'English (United States)'],
  device: ['121007', 'DCM', 'Device'],
  xray: ['43468-8', 'LN', 'XR unspecified body region'],
  percent: ['%', 'UCUM', 'Percent'],
} as const satisfies Readonly<Record<string, Code>>;

const lung: Code = ['39607008', 'SCT', 'Lung'];

/** Codes of PS3.16 (CID 6102 to 6105, 645) for classes of these names, and where such a finding is. */
const findings: Readonly<Record<string, { readonly finding: Code; readonly site?: Code }>> = {
  opacity: { finding: ['112001', 'DCM', 'Opacity'], site: lung },
  'lung opacity': { finding: ['112001', 'DCM', 'Opacity'], site: lung },
  'ground glass opacity': { finding: ['112120', 'DCM', 'Ground glass opacity'], site: lung },
  infiltrate: { finding: ['112121', 'DCM', 'Infiltrate'], site: lung },
  nodule: { finding: ['27925004', 'SCT', 'Nodule'], site: lung },
  mass: { finding: ['4147007', 'SCT', 'Mass'], site: lung },
  pneumothorax: { finding: ['36118008', 'SCT', 'Pneumothorax'] },
  'pleural effusion': { finding: ['60046008', 'SCT', 'Pleural effusion'] },
};

/** The code of a class; for a name that the standard has no code for, a lesion: the comment says which. */
export function findingOf(className: string): { readonly finding: Code; readonly site?: Code } {
  const name = className.toLowerCase().replace(/[-_ ]+/g, ' ');
  const known = Object.hasOwn(findings, name) ? findings[name] : undefined;
  return known ?? { finding: ['52988006', 'SCT', 'Lesion'] };
}
