import type { Report, ReportedBox } from '../../report/index.js';
import { boxOutline } from '../boxOutline.js';
import { stateText } from '../stateText.js';
import type { DataSet } from '../write/dataSet.js';

export const layerName = 'LESION_DETECTOR';

/** Graphic annotations (PS3.3, C.10.5): one for each box, and one with state and notice along the lower edge. */
export function graphicAnnotations(report: Report): DataSet[] {
  const boxes = report.state === 'findings' ? report.detections : [];
  return [...boxes.map(drawnBox), statement(report)];
}

function drawnBox({ class: name, score, box }: ReportedBox): DataSet {
  return {
    GraphicLayer: layerName,
    TextObjectSequence: [
      {
        UnformattedTextValue: `${name} ${Math.round(score * 100)} %`,
        AnchorPointAnnotationUnits: 'PIXEL',
        AnchorPoint: [box.x, box.y],
        AnchorPointVisibility: 'N',
      },
    ],
    GraphicObjectSequence: [
      {
        GraphicAnnotationUnits: 'PIXEL',
        GraphicDimensions: 2,
        NumberOfGraphicPoints: 5,
        GraphicData: boxOutline(box),
        GraphicType: 'POLYLINE',
        GraphicFilled: 'N',
      },
    ],
  };
}

/** In fractions of the screen. */
function statement(report: Report): DataSet {
  return {
    GraphicLayer: layerName,
    TextObjectSequence: [
      {
        UnformattedTextValue: `${stateText(report)}\r\n${report.notice}`,
        BoundingBoxAnnotationUnits: 'DISPLAY',
        BoundingBoxTopLeftHandCorner: [0.02, 0.92],
        BoundingBoxBottomRightHandCorner: [0.98, 0.99],
        BoundingBoxTextHorizontalJustification: 'LEFT',
      },
    ],
  };
}
