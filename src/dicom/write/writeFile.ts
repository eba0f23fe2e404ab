import type { Tagged, TaggedElement } from 'dcmjs';
import { cleanText } from './cleanText.js';
import type { DataSet, Instance, Value } from './dataSet.js';

/** Explicit VR Little Endian: every reader has it. */
const transferSyntaxUid = '1.2.840.10008.1.2.1';
/** Names this program in group 0002, as PS3.7, annex D.3.3.2 wants; derived from a UUID of our own. */
const implementationClassUid = '2.25.189855487572770789498853055309466697384';
const implementationVersionName = 'LESION_DETECTOR';

/** VRs with numbers in binary. */
const numeric: ReadonlySet<string> = new Set(['FD', 'FL', 'SL', 'SS', 'UL', 'US']);

/** The dictionary leaves these open: pixels of 8 bits; values of a look-up table, unsigned or as their 16 bits. */
const ambiguous: Readonly<Record<string, string>> = { lt: 'OW', ox: 'OB', xs: 'US' };

/**
 * A DICOM Part 10 file (PS3.10, section 7), in UTF-8. dcmjs does the bytes. It would write keywords in the place of
 * tags without a word, so an unknown keyword throws; and it puts values that are too long into its messages, so no
 * value is too long when it comes there.
 */
export async function writeFile(object: Instance): Promise<Uint8Array> {
  const { default: dcmjs } = await import('dcmjs');
  const { DicomDict, DicomMetaDictionary } = dcmjs.data;
  const tagged = (dataSet: DataSet): Tagged =>
    Object.fromEntries(
      Object.entries(dataSet).flatMap(([keyword, value]) => {
        if (value === undefined) return [];
        const entry = DicomMetaDictionary.nameMap[keyword];
        if (entry === undefined) throw new Error(`${keyword} is not in the dictionary`);
        const vr = ambiguous[entry.vr] ?? entry.vr;
        return [[entry.tag.replace(/\W/g, '').toUpperCase(), element(vr, value, tagged)]];
      }),
    );
  const file = new DicomDict(
    tagged({
      FileMetaInformationVersion: Uint8Array.of(0, 1),
      MediaStorageSOPClassUID: object.SOPClassUID,
      MediaStorageSOPInstanceUID: object.SOPInstanceUID,
      TransferSyntaxUID: transferSyntaxUid,
      ImplementationClassUID: implementationClassUid,
      ImplementationVersionName: implementationVersionName,
    }),
  );
  file.dict = tagged({ SpecificCharacterSet: 'ISO_IR 192', ...object });
  return new Uint8Array(file.write({ allowInvalidVRLength: true }));
}

function element(vr: string, value: Value, tagged: (dataSet: DataSet) => Tagged): TaggedElement {
  if (value instanceof Uint8Array) return { vr, Value: [bufferOf(value)] };
  const values = typeof value === 'object' ? value : value === '' ? [] : [value];
  return {
    vr,
    Value: values.map((each) => {
      if (typeof each === 'number') return numeric.has(vr) ? each : decimal(each);
      return typeof each === 'string' ? cleanText(vr, each) : tagged(each);
    }),
  };
}

/** DS has at most 16 characters, so not every digit of a number has room. */
function decimal(value: number): string {
  for (let digits = 16; digits > 1; digits--) {
    const text = String(Number(value.toPrecision(digits)));
    if (text.length <= 16) return text;
  }
  return value.toPrecision(1);
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
