import type { DataSet } from 'dicom-parser';
import type { Code } from '../code.js';
import { concepts } from '../sr/codes.js';
import { type ContentItem, contentOf, itemsOf, textOf } from './contentTree.js';
import { CorrectionRefused } from './correctionRefused.js';
import { readSrFile } from './readSrFile.js';

/** An SR that a reader saved in a viewer, before it is known which report it corrects. */
export interface SavedReport {
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string | undefined;
  /** SOP Instance UIDs of what it replaces (Predecessor Documents Sequence): one of ours, if it is a correction. */
  readonly predecessors: readonly string[];
  /** As the viewer wrote it; undefined if it knew nobody, as OHIF without a login. PN, components by ^. */
  readonly reader: string | undefined;
  /** By the viewer's clock, often without a time zone: YYYY-MM-DDTHH:MM:SS. */
  readonly savedAt: string | undefined;
  readonly groups: readonly SavedGroup[];
}

/** A measurement group: something that the reader kept, moved or drew. */
export interface SavedGroup {
  readonly trackingUid: string | undefined;
  readonly comments: readonly string[];
  readonly finding: Code | undefined;
  /** The first region of the group, and the instances that it was drawn on. */
  readonly graphic: ContentItem['graphic'];
  readonly references: readonly string[];
}

const personObserverName = '121008';
/** More than any review may have, and a bound on what a stranger's file makes us do. */
const mostGroups = 1000;

/**
 * Reads an SR of TID 1500 as OHIF and others save it.
 *
 * @throws CorrectionRefused `too-large`, `broken`, `unsupported-transfer-syntax`, `not-a-structured-report`,
 *   `not-a-correction` (it has no predecessor), `too-many-boxes`
 */
export function savedReport(bytes: Uint8Array): SavedReport {
  return readSrFile(bytes, reportIn);
}

function reportIn(dataSet: DataSet): SavedReport {
  const sopInstanceUid = dataSet.string('x00080018');
  const predecessors = predecessorsOf(dataSet);
  if (sopInstanceUid === undefined || predecessors.length === 0)
    throw new CorrectionRefused('not-a-correction', 'The structured report names no predecessor.');
  const utf8 = dataSet.string('x00080005') === 'ISO_IR 192';
  const root = contentOf(dataSet, utf8);
  const groups = root
    .filter(({ concept }) => concept === concepts.measurements[0])
    .flatMap(({ items }) => items.filter(({ concept }) => concept === concepts.measurementGroup[0]));
  if (groups.length > mostGroups)
    throw new CorrectionRefused('too-many-boxes', `The structured report has more than ${mostGroups} measurements.`);
  return {
    sopInstanceUid,
    studyInstanceUid: dataSet.string('x0020000d'),
    predecessors,
    reader: readerOf(root),
    savedAt: timeOf(dataSet),
    groups: groups.map(groupOf),
  };
}

function predecessorsOf(dataSet: DataSet): readonly string[] {
  return itemsOf(dataSet, 'x0040a360')
    .flatMap((study) => itemsOf(study, 'x00081115'))
    .flatMap((series) => itemsOf(series, 'x00081199'))
    .flatMap((instance) => instance.string('x00081155') ?? []);
}

/** OHIF writes unknown^unknown. */
function readerOf(root: readonly ContentItem[]): string | undefined {
  const name = root.find(({ concept, type }) => concept === personObserverName && type === 'PNAME')?.text;
  return name === undefined || /^(unknown)?\^*(unknown)?$/i.test(name) ? undefined : name;
}

function timeOf(dataSet: DataSet): string | undefined {
  const date = /^(\d{4})(\d{2})(\d{2})$/.exec(textOf(dataSet, 'x00080023', false) ?? '');
  const time = /^(\d{2})(\d{2})(\d{2})/.exec(textOf(dataSet, 'x00080033', false) ?? '');
  if (date === null || time === null) return undefined;
  const zone = /^([+-]\d{2})(\d{2})$/.exec(textOf(dataSet, 'x00080201', false) ?? '');
  const offset = zone === null ? '' : `${zone[1] ?? ''}:${zone[2] ?? ''}`;
  return `${date.slice(1).join('-')}T${time.slice(1).join(':')}${offset}`;
}

function groupOf(group: ContentItem): SavedGroup {
  const region = regionIn(group);
  return {
    trackingUid: group.items.find(({ concept }) => concept === concepts.trackingUid[0])?.text,
    comments: group.items.flatMap(({ type, text }) => (type === 'TEXT' && text !== undefined ? [text] : [])),
    finding: group.items.find(({ concept }) => concept === concepts.finding[0])?.code,
    graphic: region?.graphic,
    references: region?.items.flatMap(({ references }) => references) ?? [],
  };
}

/** Ours has it in the group; OHIF's only below the first number. */
function regionIn({ items }: ContentItem): ContentItem | undefined {
  for (const item of items) {
    const region = item.graphic === undefined ? regionIn(item) : item;
    if (region !== undefined) return region;
  }
  return undefined;
}
