import type { Report, ReportedBox } from '../report/index.js';
import { boxOfOutline, isSameBox, onFilm } from './correction/boxOfOutline.js';
import { CorrectionRefused } from './correction/correctionRefused.js';
import type { SavedGroup, SavedReport } from './correction/savedReport.js';
import { derivedUid, resultKey, uuidOfUid } from './derivedUid.js';
import { findingOf } from './sr/codes.js';

type Box = ReportedBox['box'];

/** What a reader said of a report in a viewer, in the form of a review. */
export interface Correction {
  /** A UUID made from the SR's own UID: read twice, it is the same review. */
  readonly requestKey: string;
  readonly verdicts: BoxVerdict[];
  readonly drawn: { readonly class: string; readonly box: Box }[];
  /** Boxes of ours that did not come back, though nothing shows that the reader had them on screen: no verdict. */
  readonly unseen: readonly string[];
  /** Why other measurements of the reader are not in it. */
  readonly leftOut: readonly LeftOut[];
}

export type LeftOut = 'not-a-box' | 'not-on-the-film' | 'of-another-film' | 'of-another-report' | 'unknown-class';

type BoxVerdict =
  | { readonly id: string; readonly verdict: 'right' | 'wrong' }
  | { readonly id: string; readonly verdict: 'moved'; readonly movedTo: Box };

/** What our SR was made from (see `resultObjects`), and later SRs that are known to correct the same report. */
export interface CorrectedResult {
  readonly sopInstanceUid: string;
  readonly pixelSha256?: string;
  /** SOP Instance UIDs: a reader who saves twice corrects the first correction. */
  readonly corrections?: readonly string[];
}

/**
 * Compares an SR that a reader saved with the report that it corrects. A box that came back in its place is `right`,
 * one that came back in another place `moved`, one that is gone `wrong`; what is none of our boxes was drawn. Boxes are
 * known by their tracking UID, by the id in their comment (OHIF makes new tracking UIDs), or else by their place.
 *
 * A viewer can save a reader's own measurements as a correction of an SR that was never opened. So if none of our boxes
 * came back, none of them is judged.
 *
 * @throws CorrectionRefused `not-ours`, `film-not-analysed`
 */
export function readCorrection(saved: SavedReport, report: Report, result: CorrectedResult): Correction {
  const key = resultKey(report, result.sopInstanceUid, result.pixelSha256);
  const ours = new Set([derivedUid(key, 'sr'), ...(result.corrections ?? [])]);
  if (!saved.predecessors.some((uid) => ours.has(uid)))
    throw new CorrectionRefused('not-ours', 'The structured report does not correct this report.');
  if (report.state === 'not-analysed')
    throw new CorrectionRefused('film-not-analysed', 'The film was not analysed: there are no boxes to correct.');
  const boxes = report.detections;
  const tracked = new Map(boxes.map((box, i) => [derivedUid(key, `box-${i + 1}`), box] as const));
  const found = new Map<string, Box>();
  const drawn: Correction['drawn'] = [];
  const leftOut: LeftOut[] = [];
  for (const group of saved.groups) {
    const box = boxOn(group, report, result);
    if (typeof box === 'string') {
      leftOut.push(box);
      continue;
    }
    const known = boxOf(group, box, report, tracked);
    if (known !== undefined && known !== 'of-another-report' && !found.has(known.id)) {
      found.set(known.id, box);
      continue;
    }
    const name = known === 'of-another-report' ? known : (known?.class ?? classOf(group, report));
    if (name === undefined || name === 'of-another-report') leftOut.push(name ?? 'unknown-class');
    else drawn.push({ class: name, box });
  }
  const gone = boxes.filter(({ id }) => !found.has(id)).map(({ id }) => id);
  const wasOpen = found.size > 0;
  return {
    requestKey: uuidOfUid(saved.sopInstanceUid),
    verdicts: boxes.flatMap((box) => verdictOn(box, found.get(box.id), wasOpen)),
    drawn,
    unseen: wasOpen ? [] : gone,
    leftOut,
  };
}

type Analysed = Exclude<Report, { readonly state: 'not-analysed' }>;

/** The group's box, or why it has none on this film. */
function boxOn(group: SavedGroup, { image }: Analysed, { sopInstanceUid }: CorrectedResult): Box | LeftOut {
  if (!group.references.includes(sopInstanceUid)) return 'of-another-film';
  const box = boxOfOutline(group.graphic);
  return box === undefined ? 'not-a-box' : (onFilm(box, image) ?? 'not-on-the-film');
}

/** At the end of the comment that `measurementGroup` writes. */
const idInComment = /\(([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-\d+)\)\s*$/;

/** Which box of ours it is. */
function boxOf(
  { trackingUid, comments }: SavedGroup,
  box: Box,
  { detections }: Analysed,
  tracked: ReadonlyMap<string, ReportedBox>,
): ReportedBox | 'of-another-report' | undefined {
  const byUid = trackingUid === undefined ? undefined : tracked.get(trackingUid);
  if (byUid !== undefined) return byUid;
  const id = comments.map((comment) => idInComment.exec(comment)?.[1]).find((each) => each !== undefined);
  // A reader who wrote a comment of his own over ours has left the box where it was, or drawn another.
  if (id === undefined) return detections.find((each) => isSameBox(each.box, box));
  return detections.find((each) => each.id === id) ?? 'of-another-report';
}

/** OHIF's coding scheme for a label in a reader's own words. */
const freeText = 'CORNERSTONEJS';

/** By code or label of the finding; without one, the class of a network that has only one. */
function classOf({ finding }: SavedGroup, { lookedFor }: Analysed): string | undefined {
  if (finding === undefined) return lookedFor.length === 1 ? lookedFor[0] : undefined;
  if (finding[1] === freeText) return lookedFor.find((name) => name.toLowerCase() === finding[2].toLowerCase());
  return lookedFor.find((name) => {
    const [value, scheme] = findingOf(name).finding;
    return value === finding[0] && scheme === finding[1];
  });
}

function verdictOn({ id, box }: ReportedBox, cameBack: Box | undefined, wasOpen: boolean): readonly BoxVerdict[] {
  if (cameBack !== undefined)
    return [isSameBox(box, cameBack) ? { id, verdict: 'right' } : { id, verdict: 'moved', movedTo: cameBack }];
  return wasOpen ? [{ id, verdict: 'wrong' }] : [];
}
