import type { Statistics, Tally } from '../../log/index.js';
import { rounded } from '../../svg/index.js';
import { colours, dayPlot, hatching, type Look } from './dayPlot.js';
import { drawnParts, isByHour, type Period } from './days.js';

/** Films a day, or an hour. */
export function volumePlot(statistics: Statistics, period: Period): string {
  const days = drawnParts(period);
  const films = byDay(statistics, days).map((tally) => (tally === undefined ? 0 : filmsOf(tally)));
  const look: Look = { fill: colours.line };
  return dayPlot({
    title: `Films ${isByHour(period) ? 'an hour' : 'a day'}`,
    description:
      `${filmsOf(statistics.total)} films in ${days.length} ${isByHour(period) ? 'hours' : 'days'}, ` +
      `at most ${Math.max(0, ...films)} ${isByHour(period) ? 'an hour' : 'a day'}.`,
    days,
    greatest: Math.max(0, ...films),
    unit: '',
    counts: true,
    legend: [{ label: 'films', shape: 'square', look }],
    body: ({ bar }) => films.map((count, day) => bar(day, 0, count, look)).join(''),
  });
}

/** The three states, told apart by fill as well as by colour. */
export function statesPlot(statistics: Statistics, period: Period): string {
  const days = drawnParts(period);
  const tallies = byDay(statistics, days);
  const { findings, belowThreshold, notAnalysed } = statistics.total;
  const looks = {
    findings: { fill: colours.findings },
    belowThreshold: { fill: 'none', stroke: colours.belowThreshold, 'stroke-width': 1.5 },
    notAnalysed: { fill: hatching },
  };
  return dayPlot({
    title: `States by ${isByHour(period) ? 'hour' : 'day'}`,
    description: `${findings} with findings, ${belowThreshold} below the threshold, ${notAnalysed} not analysed.`,
    days,
    greatest: Math.max(0, ...tallies.map((tally) => (tally === undefined ? 0 : filmsOf(tally)))),
    unit: '',
    counts: true,
    legend: [
      { label: 'findings', shape: 'square', look: looks.findings },
      { label: 'below threshold', shape: 'square', look: looks.belowThreshold },
      { label: 'not analysed', shape: 'square', look: looks.notAnalysed },
    ],
    body: ({ bar }) =>
      tallies
        .map((tally, day) => {
          if (tally === undefined) return '';
          const middle = tally.notAnalysed + tally.findings;
          return [
            bar(day, 0, tally.notAnalysed, looks.notAnalysed),
            bar(day, tally.notAnalysed, middle, looks.findings),
            bar(day, middle, middle + tally.belowThreshold, looks.belowThreshold),
          ].join('');
        })
        .join(''),
  });
}

/** Half of the films were answered within p50, 95 % within p95. */
export function latencyPlot(statistics: Statistics, period: Period): string {
  const days = drawnParts(period);
  const latencies = byDay(statistics, days).map((tally) => tally?.latencyMs ?? undefined);
  const whole = statistics.total.latencyMs;
  const looks = {
    p50: { stroke: colours.line, 'stroke-width': 2 },
    p95: { stroke: colours.findings, 'stroke-width': 2, 'stroke-dasharray': '6 4' },
  };
  return dayPlot({
    title: 'Time to answer',
    description:
      whole === null
        ? 'No film was analysed.'
        : `Half of the films within ${rounded(whole.p50)} ms (p50), 95 of 100 within ${rounded(whole.p95)} ms (p95).`,
    days,
    greatest: Math.max(0, ...latencies.map((latency) => latency?.p95 ?? 0)),
    unit: ' ms',
    counts: false,
    legend: [
      { label: 'p50', shape: 'stroke', look: looks.p50 },
      { label: 'p95', shape: 'stroke', look: looks.p95 },
    ],
    body: ({ line }) =>
      [
        line(
          latencies.map((latency) => latency?.p50),
          looks.p50,
        ),
        line(
          latencies.map((latency) => latency?.p95),
          looks.p95,
        ),
      ].join(''),
  });
}

/** The spread of the film scores: drift in films or network shows here first. */
export function scoresPlot(statistics: Statistics, period: Period): string {
  const days = drawnParts(period);
  const deciles = byDay(statistics, days).map((tally) => tally?.scoreDeciles ?? undefined);
  const median = statistics.total.scoreDeciles?.[4];
  const looks = {
    wide: { fill: colours.line, 'fill-opacity': 0.25 },
    narrow: { fill: colours.line, 'fill-opacity': 0.5 },
    median: { stroke: colours.text, 'stroke-width': 3 },
  };
  return dayPlot({
    title: `Film scores by ${isByHour(period) ? 'hour' : 'day'}`,
    description: median === undefined ? 'No film has a score.' : `The median film score is ${rounded(median)}.`,
    days,
    greatest: deciles.some((values) => values !== undefined) ? 1 : 0,
    unit: '',
    counts: false,
    legend: [
      { label: '1st to 9th decile', shape: 'square', look: looks.wide },
      { label: '3rd to 7th decile', shape: 'square', look: looks.narrow },
      { label: 'median', shape: 'stroke', look: looks.median },
    ],
    body: ({ bar, level }) =>
      deciles
        .map((values, day) => {
          const [d1, , d3, , d5, , d7, , d9] = values ?? [];
          if (d1 === undefined || d3 === undefined || d5 === undefined || d7 === undefined || d9 === undefined)
            return '';
          return bar(day, d1, d9, looks.wide) + bar(day, d3, d7, looks.narrow) + level(day, d5, looks.median);
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
