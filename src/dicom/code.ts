import type { DataSet } from './write/dataSet.js';

/** A coded concept: value, scheme, meaning (PS3.3, section 8). */
export type Code = readonly [value: string, scheme: string, meaning: string];

export function codeItem([CodeValue, CodingSchemeDesignator, CodeMeaning]: Code): DataSet {
  return { CodeValue, CodingSchemeDesignator, CodeMeaning };
}
