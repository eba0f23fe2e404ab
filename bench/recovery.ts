import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { isRecord } from './answers.js';
import { childrenOf } from './childProcesses.js';
import type { Answer, LoadClient } from './client/index.js';
import type { BenchFilm } from './films.js';
import { markdownTable, milliseconds } from './markdown.js';
import type { BenchOptions } from './options.js';
import { findingsOf, posted, singleReports } from './reports.js';
import { type RunningService, startService } from './service.js';
import { isServing } from './started.js';
import { median } from './statistics.js';

type Child = 'decoder' | 'runner';

const killsEach = 3;

/** `kill -9` of either child under the load of 16 clients. */
export async function recoverySection(
  films: readonly BenchFilm[],
  client: LoadClient,
  options: BenchOptions,
): Promise<string[]> {
  const service = await startService(options);
  try {
    const alone = await singleReports(service, client, films);
    const rows = [
      await killed('decoder', service, client, films, alone),
      await killed('runner', service, client, films, alone),
    ];
    return [
      '## Recovery',
      '',
      `\`kill -9\` of a child under the load of 16 clients, ${killsEach} times each, and the time until \`/readyz\``,
      'answered 200 again. Every answer is checked: the report that the film gives without a crash, a coded problem,',
      'or wrong (another report, no answer at all).',
      '',
      ...markdownTable(
        ['killed', 'ready again, median', 'slowest', 'requests', 'right report', 'coded problem', 'wrong or none'],
        rows,
      ),
      '',
    ];
  } finally {
    await service.stop();
  }
}

async function killed(
  child: Child,
  service: RunningService,
  client: LoadClient,
  films: readonly BenchFilm[],
  alone: readonly string[],
): Promise<string[]> {
  const recoveriesMs: number[] = [];
  const verdicts = { right: 0, problem: 0, wrong: 0 };
  let requests = 0;
  for (let i = 0; i < killsEach; i++) {
    const load = posted(service, client, films, { clients: 16, seconds: 5, requests: Infinity });
    await pause(1500);
    recoveriesMs.push(await killAndWait(child, service));
    const answers = await load;
    requests += answers.length;
    for (const answer of answers) verdicts[verdictOf(answer, alone)] += 1;
  }
  if (verdicts.wrong > 0) process.exitCode = 1;
  return [
    child,
    milliseconds(median(recoveriesMs)),
    milliseconds(Math.max(...recoveriesMs)),
    ...[requests, verdicts.right, verdicts.problem, verdicts.wrong].map(String),
  ];
}

/** Milliseconds from the signal until /readyz is 200 and the dead process has a successor. */
async function killAndWait(child: Child, service: RunningService): Promise<number> {
  const before = childrenOf(service.pid)[child];
  const [victim] = before;
  if (victim === undefined) throw new Error(`the service has no ${child}`);
  const began = performance.now();
  process.kill(victim, 'SIGKILL');
  while (performance.now() - began < 60_000) {
    await pause(5);
    // A keeper that doesn't know of the death yet may still answer 200: it counts once there is a successor.
    const hasSuccessor = childrenOf(service.pid)[child].some((pid) => !before.includes(pid));
    if (hasSuccessor && (await isServing(`${service.base}/readyz`))) return performance.now() - began;
  }
  throw new Error(`the service was not ready again within a minute after its ${child} was killed`);
}

function verdictOf({ status, body, film }: Answer, alone: readonly string[]): 'right' | 'problem' | 'wrong' {
  if (status === 0) return 'wrong';
  const answer: unknown = JSON.parse(body);
  if (status === 201) return findingsOf(answer) === alone[film] ? 'right' : 'wrong';
  return isRecord(answer) && typeof answer['code'] === 'string' ? 'problem' : 'wrong';
}
