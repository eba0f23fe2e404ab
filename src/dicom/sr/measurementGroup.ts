import type { Report, ReportedBox } from '../../report/index.js';
import { boxOutline } from '../boxOutline.js';
import type { Code } from '../code.js';
import type { DataSet } from '../write/dataSet.js';
import { concepts, findingOf, values } from './codes.js';
import { code, container, number, polyline, text, uidReference } from './contentItems.js';

/** OHIF makes a box editable only if its tracking identifier begins so (cornerstone3D's SR adapter). */
const rectangle = 'Cornerstone3DTools@^0.1.0:RectangleROI';

/**
 * One box: a planar region with its score (TID 1410). The region stands in the group, as the template wants, and below
 * the score again, where OHIF looks for it; there must be no other score. The comment is the label that OHIF shows and
 * the only thing that a corrected report brings back word for word, so the box's id is in it.
 */
export function measurementGroup(box: ReportedBox, trackingUid: string, film: DataSet, report: Report): DataSet {
  const outline = boxOutline(box.box);
  const { finding, site } = findingOf(box.class);
  const score = percent(box.score);
  const rank = box.id.slice(box.id.lastIndexOf('-') + 1);
  return container(
    concepts.measurementGroup,
    [
      text('HAS OBS CONTEXT', concepts.trackingIdentifier, `${rectangle}:box-${rank}`),
      uidReference('HAS OBS CONTEXT', concepts.trackingUid, trackingUid),
      ...algorithm(report),
      code('CONTAINS', concepts.finding, finding),
      ...(site === undefined ? [] : [code('HAS CONCEPT MOD', concepts.findingSite, site)]),
      polyline('CONTAINS', concepts.region, outline, film),
      number(concepts.certainty, score, values.percent, [polyline('INFERRED FROM', concepts.region, outline, film)]),
      text('CONTAINS', concepts.comment, `${box.class} ${score} % (${box.id})`),
    ],
    '1410',
  );
}

/** TID 4019. */
function algorithm(report: Report): DataSet[] {
  const { name, version, onnxSha256, specSha256 } = report.model;
  const modifier = (concept: Code, value: string) => text('HAS CONCEPT MOD', concept, value);
  return [
    modifier(concepts.algorithmName, name),
    modifier(concepts.algorithmVersion, version),
    modifier(concepts.algorithmParameters, `onnxSha256=${onnxSha256}`),
    modifier(concepts.algorithmParameters, `specSha256=${specSha256}`),
    ...(report.state === 'not-analysed'
      ? []
      : [modifier(concepts.algorithmParameters, `threshold=${report.threshold}`)]),
  ];
}

/** 0…1 as a percentage with two decimals. */
function percent(score: number): number {
  return Math.round(score * 10_000) / 100;
}
