import type { AnnotatedFilm } from '../annotations.js';
import { type Fault, FormatError } from '../text/fault.js';
import type { ReadContext, Reading, TextFile } from './format.js';

/** Reads one film; its broken boxes are added to the faults. Throws FormatError if the file is broken as a whole. */
type ReadFilm = (file: TextFile, context: ReadContext, faults: Fault[]) => AnnotatedFilm;

/** Reads a format that has one file per film. */
export function readEach(files: readonly TextFile[], context: ReadContext, readFilm: ReadFilm): Reading {
  const films: AnnotatedFilm[] = [];
  const faults: Fault[] = [];
  for (const file of files) {
    try {
      films.push(readFilm(file, context, faults));
    } catch (error) {
      // One broken file is one film; if there is no other, it is the whole input.
      if (!(error instanceof FormatError) || files.length === 1) throw error;
      const image = context.images?.findOfLabelFile(file.name)?.name;
      faults.push({
        ...error.place,
        ...(image === undefined ? {} : { image }),
        code: 'bad-row',
        message: error.reason,
      });
    }
  }
  return { set: { films }, faults };
}
