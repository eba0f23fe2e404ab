import type { Place } from './place.js';

export type FaultCode =
  /** A line or element that does not follow its format. */
  | 'bad-row'
  | 'not-a-number'
  /** xmin ≥ xmax or ymin ≥ ymax, or a side that is not positive. */
  | 'inverted-box'
  | 'outside-film'
  | 'unknown-label'
  | 'no-label'
  /** Points, lines, circles, masks: shapes without a box. */
  | 'not-a-box'
  /** COCO's iscrowd: a region that holds many objects, without a box for each. */
  | 'crowd'
  | 'duplicate'
  /** Two statements that can't both be true, such as boxes on a film that is said to have none. */
  | 'contradiction'
  | 'missing-image'
  | 'broken-image'
  /** The image is not of the size that the annotations state: its boxes would lie elsewhere. */
  | 'other-size'
  /** VoTT: nobody has opened this film yet, so it doesn't count as a film without boxes. */
  | 'not-visited'
  | 'no-size'
  | 'no-patient'
  /** A patient, or the same film, in two splits. */
  | 'leak';

/** One fault in the input, for a person to find and fix. The faulty part was left out. */
export interface Fault extends Place {
  readonly code: FaultCode;
  /** The film it belongs to, if known. */
  readonly image?: string;
  /** A sentence without the place. */
  readonly message: string;
}

/** `file:line: code: sentence`, as compilers print it, so that editors find the line. */
export function describeFault({ code, message, ...place }: Fault): string {
  return `${placeText(place)}: ${code}: ${message}`;
}

function placeText({ file, line, at }: Place): string {
  return `${file}${line === undefined ? '' : `:${line}`}${at === undefined ? '' : ` ${at}`}`;
}

/** A file that can't be read in its stated format at all. The message names file and line. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
  constructor(
    readonly place: Place,
    /** The message without the place. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${placeText(place)}: ${reason}`, options);
  }
}
