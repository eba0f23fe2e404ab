import dicomParser, { type DataSet } from 'dicom-parser';
import { CorrectionRefused } from './correctionRefused.js';

/** Of an SR with a hundred boxes, about 300 kB, by a wide margin. */
const mostSrBytes = 4 * 1024 * 1024;

/** Explicit and Implicit VR Little Endian: an archive gives every SR in one of them. Deflated ones may inflate. */
const syntaxes: ReadonlySet<string> = new Set(['1.2.840.10008.1.2.1', '1.2.840.10008.1.2']);

/** Basic Text, Enhanced (what OHIF saves), Comprehensive, Comprehensive 3D and Extensible SR Storage. */
const srClasses: ReadonlySet<string> = new Set(
  ['11', '22', '33', '34', '35'].map((last) => `1.2.840.10008.5.1.4.1.1.88.${last}`),
);

/**
 * Reads an SR in a DICOM Part 10 file (PS3.10, section 7). The file is not trusted.
 *
 * @param read takes what it needs from the data set: elements are only looked at when they are asked for
 * @throws CorrectionRefused `too-large`, `broken`, `unsupported-transfer-syntax`, `not-a-structured-report`
 */
export function readSrFile<Result>(bytes: Uint8Array, read: (dataSet: DataSet) => Result): Result {
  if (bytes.length > mostSrBytes)
    throw new CorrectionRefused('too-large', `The file has more than ${mostSrBytes} bytes.`);
  const syntax = guarded(() => whole(dicomParser.readPart10Header(bytes)).string('x00020010'));
  if (syntax === undefined || !syntaxes.has(syntax))
    throw new CorrectionRefused('unsupported-transfer-syntax', 'Only uncompressed little endian files are read.');
  return guarded(() => {
    const dataSet = whole(dicomParser.parseDicom(bytes));
    if (!srClasses.has(dataSet.string('x00080016') ?? ''))
      throw new CorrectionRefused('not-a-structured-report', 'The file is not a structured report.');
    return read(dataSet);
  });
}

/** What dicom-parser only warns of is broken, too: a sequence without an end. */
function whole(dataSet: DataSet): DataSet {
  if (dataSet.warnings.length > 0) throw broken();
  return dataSet;
}

/**
 * dicom-parser throws what is no Error (a text, or an object that holds the whole file) where a file ends too early;
 * sequences that are too deep end in a RangeError.
 */
function guarded<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof RangeError) throw broken();
    throw error;
  }
}

export function broken(): CorrectionRefused {
  return new CorrectionRefused('broken', 'The file is damaged, or is not a DICOM file.');
}
