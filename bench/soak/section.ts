import { markdownTable } from '../markdown.js';
import { median } from '../statistics.js';
import type { Verdict } from './check.js';
import type { Outcome } from './clients.js';
import type { Kill } from './kills.js';
import type { LogPlace, SoakOptions } from './options.js';
import type { Victim } from './target.js';

export interface SoakRun {
  readonly place: LogPlace;
  readonly outcomes: readonly Outcome[];
  readonly kills: readonly Kill[];
  readonly seconds: number;
  readonly verdict: Verdict;
}

const titles: Readonly<Record<LogPlace, string>> = { postgres: 'PostgreSQL, fsync on', embedded: 'embedded log' };

/** The section of docs/performance.md, and what the terminal shows. */
export function soakLines(
  runs: readonly SoakRun[],
  { clients, seed }: Pick<SoakOptions, 'clients' | 'seed'>,
  machine: { readonly processor: string; readonly load: number },
): string[] {
  return [
    '## Soak',
    '',
    `Made by \`npm run soak -- --write\`: ${machine.processor}; ` +
      `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC;`,
    `load average over the minute before the start ${machine.load.toFixed(2)}. A tiny network, drawn films ` +
      'of 128 × 112 pixels,',
    `two in twenty of them truncated; ${clients} clients that each send their next film when they have their ` +
      'answer; two films',
    `in three have an Idempotency-Key and are sent again until they are answered. Meanwhile \`kill -9\` (PostgreSQL: ` +
      'immediate shutdown)',
    `at random moments (seed ${seed}). Then every answer is compared with the log.`,
    '',
    ...markdownTable(['', ...runs.map(({ place }) => titles[place])], rowsOf(runs)),
    '',
  ];
}

function rowsOf(runs: readonly SoakRun[]): string[][] {
  const row = (name: string, value: (run: SoakRun) => string | number) => [
    name,
    ...runs.map((run) => String(value(run))),
  ];
  const victims: readonly Victim[] = ['database', 'service', 'decoder', 'runner'];
  return [
    row('films sent', ({ outcomes }) => outcomes.length),
    row('requests', ({ outcomes }) => outcomes.reduce((sum, { requests }) => sum + requests, 0)),
    row('seconds', ({ seconds }) => Math.round(seconds)),
    row('films/s', ({ outcomes, seconds }) => (outcomes.length / seconds).toFixed(0)),
    row('kills', ({ kills }) => kills.length),
    ...victims.map((victim) =>
      row(`ready again after a kill of the ${victim}: kills, median, slowest`, (run) => recovery(run, victim)),
    ),
    row('answered with a report', ({ verdict }) => verdict.answered),
    row('… not in the log', ({ verdict }) => verdict.missing),
    row('… in the log, but not byte for byte', ({ verdict }) => verdict.unequal),
    row('rows in the log', ({ verdict }) => verdict.rows),
    row('… more than one for a film', ({ verdict }) => verdict.double),
    row("… unlike the film's report without faults, or of a cut file", ({ verdict }) => verdict.wrong),
    row('keyed films left without an answer', ({ verdict }) => verdict.unanswered),
    row('keyed films sent again', (run) => resends(run).length),
    row('… slowest answer once all was ready again', (run) => `${(Math.max(0, ...resends(run)) / 1000).toFixed(1)} s`),
    row('… after more than 5 s', (run) => resends(run).filter((ms) => ms > 5000).length),
    row('answers 5xx', ({ outcomes }) => outcomes.filter(({ status }) => status >= 500).length),
    row('faults of `log verify`', ({ verdict }) => verdict.verifyFaults),
  ]; // prettier-ignore
}

function recovery({ kills }: SoakRun, victim: Victim): string {
  const times = kills.filter((kill) => kill.victim === victim).map(({ at, readyAt }) => (readyAt - at) / 1000);
  return times.length === 0
    ? '–'
    : `${times.length}, ${median(times).toFixed(1)} s, ${Math.max(...times).toFixed(1)} s`;
}

/** Of each keyed film that was sent again: milliseconds to its answer, not counting while something was down. */
function resends({ outcomes, kills }: SoakRun): number[] {
  return outcomes.flatMap(({ resent }) => {
    if (resent === undefined) return [];
    const readyAt = Math.max(0, ...kills.filter((kill) => kill.at < resent.to).map((kill) => kill.readyAt));
    return [Math.max(0, resent.to - Math.max(resent.from, readyAt))];
  });
}
