import type { Statistics, Tally } from '../../log/index.js';
import { daysOf, type Period } from './days.js';
import { type Axes, colours, frame, round } from './frame.js';

/** Films a day. */
export function volumePlot(statistics: Statistics, period: Period): string {
  const days = daysOf(period);
  const films = byDay(statistics, days).map((tally) => (tally === undefined ? 0 : filmsOf(tally)));
  return frame({
    title: 'Films a day',
    description: `${filmsOf(statistics.total)} films in ${days.length} days, at most ${Math.max(0, ...films)} a day.`,
    days,
    greatest: Math.max(0, ...films),
    unit: '',
    counts: true,
    legend: [{ label: 'films', mark: square(`fill="${colours.line}"`) }],
    body: (axes) => films.map((count, day) => bar(axes, day, 0, count, `fill="${colours.line}"`)).join(''),
  });
}

/** The three states, told apart by fill as well as by colour. */
export function statesPlot(statistics: Statistics, period: Period): string {
  const days = daysOf(period);
  const tallies = byDay(statistics, days);
  const { findings, belowThreshold, notAnalysed } = statistics.total;
  const looks = {
    findings: `fill="${colours.findings}"`,
    belowThreshold: `fill="none" stroke="${colours.belowThreshold}" stroke-width="1.5"`,
    notAnalysed: 'fill="url(#hatch)"',
  };
  return frame({
    title: 'States by day',
    description: `${findings} with findings, ${belowThreshold} below the threshold, ${notAnalysed} not analysed.`,
    days,
    greatest: Math.max(0, ...tallies.map((tally) => (tally === undefined ? 0 : filmsOf(tally)))),
    unit: '',
    counts: true,
    legend: [
      { label: 'findings', mark: square(looks.findings) },
      { label: 'below threshold', mark: square(looks.belowThreshold) },
      { label: 'not analysed', mark: square(looks.notAnalysed) },
    ],
    body: (axes) =>
      tallies
        .map((tally, day) => {
          if (tally === undefined) return '';
          const middle = tally.notAnalysed + tally.findings;
          return [
            bar(axes, day, 0, tally.notAnalysed, looks.notAnalysed),
            bar(axes, day, tally.notAnalysed, middle, looks.findings),
            bar(axes, day, middle, middle + tally.belowThreshold, looks.belowThreshold),
          ].join('');
        })
        .join(''),
  });
}

/** Half of the films were answered within the lower line, nineteen of twenty within the upper one. */
export function latencyPlot(statistics: Statistics, period: Period): string {
  const days = daysOf(period);
  const latencies = byDay(statistics, days).map((tally) => tally?.latencyMs ?? undefined);
  const whole = statistics.total.latencyMs;
  return frame({
    title: 'From acceptance to boxes',
    description:
      whole === null
        ? 'No film was analysed.'
        : `Half of the films within ${round(whole.p50)} ms, 95 of 100 within ${round(whole.p95)} ms.`,
    days,
    greatest: Math.max(0, ...latencies.map((latency) => latency?.p95 ?? 0)),
    unit: ' ms',
    counts: false,
    legend: [
      { label: 'half of the films', mark: stroke(`stroke="${colours.line}" stroke-width="2"`) },
      { label: '95 of 100', mark: stroke(`stroke="${colours.findings}" stroke-width="2" stroke-dasharray="6 4"`) },
    ],
    body: (axes) =>
      [
        line(
          axes,
          latencies.map((latency) => latency?.p50),
          `stroke="${colours.line}" stroke-width="2"`,
        ),
        line(
          axes,
          latencies.map((latency) => latency?.p95),
          `stroke="${colours.findings}" stroke-width="2" stroke-dasharray="6 4"`,
        ),
      ].join(''),
  });
}

/** How the film scores are spread: a drift of films or network shows here first. */
export function scoresPlot(statistics: Statistics, period: Period): string {
  const days = daysOf(period);
  const deciles = byDay(statistics, days).map((tally) => tally?.scoreDeciles ?? undefined);
  const median = statistics.total.scoreDeciles?.[4];
  return frame({
    title: 'Film scores by day',
    description: median === undefined ? 'No film has a score.' : `The median film score is ${round(median)}.`,
    days,
    greatest: deciles.some((values) => values !== undefined) ? 1 : 0,
    unit: '',
    counts: false,
    legend: [
      { label: '1st to 9th decile', mark: square(`fill="${colours.line}" fill-opacity="0.25"`) },
      { label: '3rd to 7th decile', mark: square(`fill="${colours.line}" fill-opacity="0.5"`) },
      { label: 'median', mark: stroke(`stroke="${colours.text}" stroke-width="3"`) },
    ],
    body: (axes) =>
      deciles
        .map((values, day) => {
          const [d1, , d3, , d5, , d7, , d9] = values ?? [];
          if (d1 === undefined || d3 === undefined || d5 === undefined || d7 === undefined || d9 === undefined)
            return '';
          const { x, width } = axes.strip(day);
          return [
            bar(axes, day, d1, d9, `fill="${colours.line}" fill-opacity="0.25"`),
            bar(axes, day, d3, d7, `fill="${colours.line}" fill-opacity="0.5"`),
            `<line x1="${x}" x2="${round(x + width)}" y1="${axes.y(d5)}" y2="${axes.y(d5)}" stroke="${colours.text}" stroke-width="3"/>`,
          ].join('');
        })
        .join(''),
  });
}

function byDay({ days: counted }: Statistics, days: readonly string[]): readonly (Tally | undefined)[] {
  const tallies = new Map(counted.map((tally) => [tally.day, tally]));
  return days.map((day) => tallies.get(day));
}

function filmsOf({ findings, belowThreshold, notAnalysed }: Tally): number {
  return findings + belowThreshold + notAnalysed;
}

function bar({ strip, y }: Axes, day: number, from: number, to: number, look: string): string {
  if (to <= from) return '';
  const { x, width } = strip(day);
  return `<rect x="${x}" y="${y(to)}" width="${width}" height="${round(y(from) - y(to))}" ${look}/>`;
}

/** Broken where a day has no value; a day between two such has a dot. */
function line({ centre, y }: Axes, values: readonly (number | undefined)[], look: string): string {
  const points = values.map((value, day) => (value === undefined ? undefined : `${centre(day)} ${y(value)}`));
  const path = points
    .map((point, i) => (point === undefined ? '' : `${points[i - 1] === undefined ? 'M' : 'L'}${point}`))
    .join('');
  const dots = points.flatMap((point, i) => {
    if (point === undefined) return [];
    const [x = '', height = ''] = point.split(' ');
    return points[i - 1] === undefined && points[i + 1] === undefined
      ? [`<circle cx="${x}" cy="${height}" r="3" fill="none" ${look}/>`]
      : [];
  });
  return `<path d="${path}" fill="none" ${look}/>${dots.join('')}`;
}

function square(look: string): (x: number, y: number) => string {
  return (x, y) => `<rect x="${x}" y="${y - 7}" width="12" height="12" ${look}/>`;
}

function stroke(look: string): (x: number, y: number) => string {
  return (x, y) => `<line x1="${x - 4}" x2="${x + 14}" y1="${y}" y2="${y}" ${look}/>`;
}
