import { readFile, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';
import { processorLine } from '../machine.js';
import { withSection } from '../pageSections.js';
import { findingsOf } from '../reports.js';
import { checkLog, type Verdict } from './check.js';
import { type Outcome, soak } from './clients.js';
import { drawSoakFilms, type SoakFilm } from './films.js';
import { killAtRandom } from './kills.js';
import { type LogPlace, readSoakOptions, type SoakOptions } from './options.js';
import { soakLines, type SoakRun } from './section.js';
import { startTarget, type Target } from './target.js';

/**
 * Many clients send films while database, service and children are killed at random moments. Then every answer is
 * compared with the log. Exit code 1 if anything was lost, logged twice, unequal, wrong or left without an answer.
 */
const options = readSoakOptions();
const [load = 0] = loadavg();
const films = await drawSoakFilms();
const runs: SoakRun[] = [];
for (const place of options.places) {
  runs.push(await run(place, options, films));
  // After each run: hours of it must not be lost if the next fails.
  const lines = soakLines(runs, options, { processor: processorLine(), load });
  process.stdout.write(`${lines.join('\n')}\n`);
  if (!options.write) continue;
  const page = new URL('../../../docs/performance.md', import.meta.url);
  await writeFile(page, withSection(await readFile(page, 'utf8'), lines));
}
if (runs.some(({ verdict }) => !holds(verdict))) process.exitCode = 1;

async function run(place: LogPlace, { clients, kills, seed, ...limits }: SoakOptions, films: readonly SoakFilm[]) {
  const target = await startTarget(place);
  try {
    const alone = await reportsAlone(target, films);
    const outcomes: Outcome[] = [];
    const began = performance.now();
    const progress = () =>
      Math.max(outcomes.length / limits.films, (performance.now() - began) / (limits.minutes * 60_000));
    const narrator = setInterval(() => {
      process.stderr.write(`${place}: ${outcomes.length} films, ${Math.round(100 * progress())} % of the run\n`);
    }, 15_000);
    const load = soak(target, films, {
      clients,
      more: (sent) => sent < limits.films && progress() < 1,
      onOutcome: (outcome) => outcomes.push(outcome),
    });
    const [done] = await Promise.all([killAtRandom(target, { kills, seed, progress }), load]);
    clearInterval(narrator);
    const seconds = (performance.now() - began) / 1000;
    const verdict = await checkLog(await target.stop(), outcomes, films, alone);
    return { place, outcomes, kills: done, seconds, verdict };
  } finally {
    await target.remove();
  }
}

/** What each film gives when nothing else goes on; undefined for broken files. */
async function reportsAlone(target: Target, films: readonly SoakFilm[]): Promise<(string | undefined)[]> {
  const reports: (string | undefined)[] = [];
  for (const { bytes, broken } of films) {
    const response = await fetch(`${target.base()}/v1/detections`, {
      method: 'POST',
      headers: { authorization: `Bearer ${target.token}`, 'content-type': 'application/octet-stream' },
      body: new Uint8Array(bytes),
    });
    const answer: unknown = await response.json();
    if (response.ok === broken)
      throw new Error(`a film alone was answered ${response.status}: ${JSON.stringify(answer)}`);
    reports.push(broken ? undefined : findingsOf(answer));
  }
  return reports;
}

function holds({ missing, unequal, double, wrong, unanswered, verifyFaults }: Verdict): boolean {
  return missing + unequal + double + wrong + unanswered + verifyFaults === 0;
}
