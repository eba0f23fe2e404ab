import type { ShownBox } from './shown.js';

/**
 * How a box is drawn (VIEWER conventions, section 3): colour says who (the detector), line and sign say
 * status, text says class. Sizes are screen px at any zoom.
 */
export interface BoxLook {
  readonly core: string;
  readonly width: number;
  /** SVG dash array of core and casing alike; undefined is solid. Dashed means "does not count". */
  readonly dash: string | undefined;
}

/** On both sides of every line, so that it shows on any grey. */
export const casing = { colour: '#0A0C0F', width: 1 } as const;

export type Emphasis = 'none' | 'hover' | 'selected';

export function boxLook(status: ShownBox['status'], emphasis: Emphasis, prior: boolean): BoxLook {
  const plain: BoxLook = prior
    ? { core: '#5BD1FF', width: 2, dash: '2 3' }
    : status === 'reported'
      ? { core: '#5BD1FF', width: 2, dash: undefined }
      : { core: '#9FB4C8', width: 1, dash: '2 4' };
  if (emphasis === 'selected') return { ...plain, core: '#FFFFFF', width: 3 };
  return emphasis === 'hover' ? { ...plain, width: 3 } : plain;
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The rectangle along which core and casing are stroked, so that both lie wholly outside the true box: no
 * boxed film pixel is covered.
 */
export function strokedRect(box: Rect, lineWidth: number): Rect {
  return outset(box, casing.width + lineWidth / 2);
}

/** Everything that a box's line covers, including its casing. */
export function outerRect(box: Rect, lineWidth: number): Rect {
  return outset(box, 2 * casing.width + lineWidth);
}

function outset({ x, y, width, height }: Rect, margin: number): Rect {
  return { x: x - margin, y: y - margin, width: width + 2 * margin, height: height + 2 * margin };
}
