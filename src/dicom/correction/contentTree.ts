import type { DataSet } from 'dicom-parser';
import type { Code } from '../code.js';
import { broken } from './readSrFile.js';

/** A content item of an SR (PS3.3, section C.17.3), as far as corrections need it. */
export interface ContentItem {
  /** e.g. `CONTAINER`, `TEXT`, `SCOORD` */
  readonly type: string;
  /** Code value of the concept name; '' if it has none. */
  readonly concept: string;
  /** Value of a TEXT, PNAME or UIDREF item. */
  readonly text: string | undefined;
  /** Value of a CODE item. */
  readonly code: Code | undefined;
  /** Of an SCOORD: type, and columns and rows in turn. */
  readonly graphic: { readonly type: string; readonly points: readonly number[] } | undefined;
  /** SOP Instance UIDs that it refers to. */
  readonly references: readonly string[];
  readonly items: readonly ContentItem[];
}

/** Deeper than any template. */
const deepest = 12;
/** An outline has five points; readers draw others. */
const mostPoints = 1000;

/** The content below a data set or an item. Throws CorrectionRefused `broken` if it is deeper than any template. */
export function contentOf(dataSet: DataSet, utf8: boolean, depth = 0): readonly ContentItem[] {
  if (depth > deepest) throw broken();
  return itemsOf(dataSet, 'x0040a730').map((item) => ({
    type: item.string('x0040a040') ?? '',
    concept: codeIn(item, 'x0040a043')?.[0] ?? '',
    text: textOf(item, 'x0040a160', utf8) ?? textOf(item, 'x0040a123', utf8) ?? textOf(item, 'x0040a124', utf8),
    code: codeIn(item, 'x0040a168', utf8),
    graphic: graphicOf(item),
    references: itemsOf(item, 'x00081199').flatMap((reference) => reference.string('x00081155') ?? []),
    items: contentOf(item, utf8, depth + 1),
  }));
}

export function itemsOf(dataSet: DataSet, tag: string): readonly DataSet[] {
  return (dataSet.elements[tag]?.items ?? []).flatMap(({ dataSet: item }) => item ?? []);
}

/** A text without its padding; undefined if there is none. */
export function textOf(dataSet: DataSet, tag: string, utf8: boolean): string | undefined {
  const element = dataSet.elements[tag];
  if (element === undefined || element.items !== undefined || element.length === 0) return undefined;
  const value = dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
  return Buffer.from(value)
    .toString(utf8 ? 'utf8' : 'latin1')
    .replace(/[ \0]+$/, '');
}

function codeIn(dataSet: DataSet, tag: string, utf8 = true): Code | undefined {
  const [code] = itemsOf(dataSet, tag);
  const value = code?.string('x00080100');
  if (code === undefined || value === undefined) return undefined;
  return [value, code.string('x00080102') ?? '', textOf(code, 'x00080104', utf8) ?? ''];
}

function graphicOf(item: DataSet): ContentItem['graphic'] {
  const type = item.string('x00700023');
  const element = item.elements['x00700022'];
  if (type === undefined || element === undefined) return undefined;
  const numbers = Math.min(Math.floor(element.length / 4), 2 * mostPoints);
  return { type, points: Array.from({ length: numbers }, (_, i) => item.float('x00700022', i) ?? NaN) };
}
