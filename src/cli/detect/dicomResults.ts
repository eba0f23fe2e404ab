import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSourceInstance, resultObjects, SourceInstanceError } from '../../dicom/index.js';
import { FilmError, sniffFormat } from '../../imaging/index.js';
import { version } from '../../version.js';
import { replaceFile } from '../replaceFile.js';
import type { AnalysedFile } from './analyseFiles.js';

export interface DicomFolders {
  readonly dicomSr?: string;
  readonly dicomPr?: string;
}

/** Limit for a deflated file: more than any film that the decoder has taken. */
const mostInflatedBytes = 2 ** 30;

/**
 * Writes the result of a DICOM film as structured report, as presentation state, or both: `NAME.sr.dcm`, `NAME.pr.dcm`.
 *
 * @returns why there is none, if so
 */
export async function writeDicomResults(
  { film, report }: AnalysedFile,
  { dicomSr, dicomPr }: DicomFolders,
): Promise<string | undefined> {
  if (dicomSr === undefined && dicomPr === undefined) return undefined;
  const bytes = await readFile(film.path).catch(() => undefined);
  if (bytes === undefined) return 'its film can not be read';
  try {
    if (sniffFormat(bytes) !== 'dicom') return 'its film is not a DICOM file';
    const source = readSourceInstance(bytes, mostInflatedBytes);
    const { sr, pr } = await resultObjects(report, source, { softwareVersion: version });
    if (dicomSr !== undefined) await replaceFile(join(dicomSr, `${film.name}.sr.dcm`), sr.bytes);
    if (dicomPr === undefined) return undefined;
    if (pr === undefined) return 'its film was not decoded';
    await replaceFile(join(dicomPr, `${film.name}.pr.dcm`), pr.bytes);
    return undefined;
  } catch (error) {
    if (error instanceof FilmError || error instanceof SourceInstanceError) return error.message;
    throw error;
  }
}
