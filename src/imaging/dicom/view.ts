import type { Attributes } from './attributes.js';
import { tags } from './tags.js';

/** Why a film may not be judged, whatever its picture looks like. */
export interface ViewFault {
  readonly code: 'not-a-frontal-chest-film';
  readonly detail: string;
}

/**
 * Refuses laterals, obliques and other body parts by what their files say. A file that says nothing, or names a frontal
 * view, is left to the gate: tags are often empty, and sometimes wrong.
 */
export function viewFault(attributes: Attributes): ViewFault | undefined {
  const part = attributes.text(tags.bodyPartExamined)?.toUpperCase();
  if (part !== undefined && otherParts.has(part)) return fault(`the body part examined is ${part}`);
  const view = viewOf(attributes);
  return view === undefined ? undefined : fault(`the view is ${view}`);
}

/** Only words from this file are ever used: the text of a DICOM file may point to a patient. */
function fault(what: string): ViewFault {
  return { code: 'not-a-frontal-chest-film', detail: `Not a frontal chest film by its DICOM file: ${what}.` };
}

/** View Position (PS3.3, C.8.1.1), else the code of the view (PS3.16, CID 4010), else the way the patient faces. */
function viewOf(attributes: Attributes): string | undefined {
  const position = attributes.text(tags.viewPosition)?.toUpperCase();
  if (position !== undefined) return Object.hasOwn(otherPositions, position) ? otherPositions[position] : undefined;
  const [item] = attributes.items(tags.viewCodeSequence);
  const code = item?.text(tags.codeValue);
  if (code !== undefined) return Object.hasOwn(otherViews, code) ? otherViews[code] : undefined;
  const [row = '', column = ''] = attributes.texts(tags.patientOrientation);
  // Rows run to the patient's front or back, columns to feet or head: a lateral.
  return /^[AP]/.test(row) && /^[FH]/.test(column) ? 'lateral' : undefined;
}

/** A decubitus film (RLD, LLD) is a frontal one: the gate sees how it lies. */
const otherPositions: Readonly<Record<string, string>> = {
  LL: 'left lateral',
  RL: 'right lateral',
  LAT: 'lateral',
  LATERAL: 'lateral',
  LLAT: 'left lateral',
  RLAT: 'right lateral',
  LLO: 'left oblique',
  RLO: 'right oblique',
  LAO: 'left anterior oblique',
  RAO: 'right anterior oblique',
  LPO: 'left posterior oblique',
  RPO: 'right posterior oblique',
};

/** Codes of SNOMED CT and of the earlier SRT: PS3.16, CID 4010. */
const otherViews: Readonly<Record<string, string>> = {
  '399067008': 'lateral',
  'R-102CD': 'lateral',
  '399173006': 'left lateral',
  'R-10236': 'left lateral',
  '399198007': 'right lateral',
  'R-10232': 'right lateral',
  '399352003': 'lateral',
  'R-10228': 'lateral',
  '399260004': 'lateral',
  'R-10224': 'lateral',
  '30730003': 'sagittal',
  'G-A145': 'sagittal',
  '399182000': 'oblique',
  'R-102C1': 'oblique',
  '399184004': 'left oblique',
  'R-10238': 'left oblique',
  '399236003': 'right oblique',
  'R-10234': 'right oblique',
  '399135007': 'left anterior oblique',
  'R-10220': 'left anterior oblique',
  '399356000': 'right anterior oblique',
  'R-40985': 'right anterior oblique',
  '399006002': 'left posterior oblique',
  'R-10212': 'left posterior oblique',
  '399038007': 'right posterior oblique',
  'R-10210': 'right posterior oblique',
};

/** Body parts of PS3.16, annex L, outside the chest. Words not listed here are left to the gate. */
const otherParts: ReadonlySet<string> = new Set(
  (
    'ABDOMEN ABDOMENPELVIS ADRENAL ANKLE ANUS APPENDIX ARM BACK BILEDUCT BLADDER BRAIN BREAST BUTTOCK CALCANEUS ' +
    'CALF CEREBELLUM CHEEK COCCYX COLON CSPINE CTSPINE DUODENUM EAR ELBOW ESOPHAGUS EXTREMITY EYE EYELID FACE FEMUR ' +
    'FINGER FOOT FOREARM GALLBLADDER HAND HEAD HEADNECK HIP HUMERUS ILEUM ILIUM JAW JEJUNUM KIDNEY KNEE LARYNX LEG ' +
    'LIVER LOWERLEG LSPINE LSSPINE MANDIBLE MAXILLA NECK NOSE ORBIT OVARY PANCREAS PAROTID PATELLA PELVIS PENIS ' +
    'PHARYNX PROSTATE RADIUS RADIUSULNA RECTUM SACRUM SCALP SCROTUM SELLA SHOULDER SIJOINT SINUS SKULL SPLEEN SSPINE ' +
    'STOMACH TESTIS THIGH THUMB TIBIAFIBULA TMJ TOE TONGUE ULNA UPPERARM URETER URETHRA UTERUS VAGINA VULVA WRIST ' +
    'ZYGOMA'
  ).split(' '),
);
