import { type Axis, scale } from './axis.js';
import { label, rounded, tag } from './tag.js';

/** Where data are drawn, in drawing units. Titles and tick labels are outside. */
export interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Colours of an axis. */
interface Look {
  readonly grid: string;
  /** Default: inherited. */
  readonly text?: string;
}

/** The vertical grid lines of an axis, with tick labels and title below them. */
export function xAxis({ left, right, top, bottom }: Area, axis: Axis, look: Look): string {
  const at = scale(axis, left, right);
  const ticks = axis.ticks.map(
    (tick) =>
      tag('path', { d: `M${rounded(at(tick))} ${top}V${bottom}`, stroke: look.grid, fill: 'none' }) +
      label(tickText(tick), { x: at(tick), y: bottom + 15, fill: look.text, 'text-anchor': 'middle' }),
  );
  const middle = { x: (left + right) / 2, y: bottom + 33, fill: look.text, 'text-anchor': 'middle' };
  return ticks.join('') + (axis.title === '' ? '' : label(axis.title, middle));
}

/** The horizontal grid lines of an axis, with tick labels and title to the left of them. */
export function yAxis({ left, right, top, bottom }: Area, axis: Axis, look: Look & { readonly unit?: string }): string {
  const at = scale(axis, bottom, top);
  const ticks = axis.ticks.map(
    (tick) =>
      tag('path', { d: `M${left} ${rounded(at(tick))}H${right}`, stroke: look.grid, fill: 'none' }) +
      label(`${tickText(tick)}${look.unit ?? ''}`, {
        x: left - 6,
        y: at(tick) + 4,
        fill: look.text,
        'text-anchor': 'end',
      }),
  );
  const place = `translate(12 ${rounded((top + bottom) / 2)}) rotate(-90)`;
  return (
    ticks.join('') +
    (axis.title === '' ? '' : label(axis.title, { transform: place, fill: look.text, 'text-anchor': 'middle' }))
  );
}

function tickText(value: number): string {
  return String(Number(value.toPrecision(6)));
}
