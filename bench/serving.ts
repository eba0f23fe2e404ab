import { join } from 'node:path';
import { calibrate } from '../src/detector/index.js';
import { loadModel } from '../src/registry/index.js';
import { agreementOf, detectionsOf, isRecord } from './answers.js';
import { type Bare, startBare } from './bare/index.js';
import type { LoadClient } from './client/index.js';
import { type BenchFilm, multipartBody, multipartType } from './films.js';
import { markdownTable, milliseconds, ratio } from './markdown.js';
import type { BenchOptions } from './options.js';
import { type MissingPeer, type Peer, startPeers } from './peers.js';
import type { Sample, System } from './sample.js';
import { served } from './served.js';
import { type RunningService, startService } from './service.js';
import { median, quantile } from './statistics.js';
import type { PostgresCluster } from '../test/postgres.js';

const clientCounts = [1, 4, 16] as const;

/** The service against a bare process and the peers: the same films, the same machine, in turn. */
export async function servingSection(
  films: readonly BenchFilm[],
  client: LoadClient,
  postgres: PostgresCluster | undefined,
  options: BenchOptions,
): Promise<string[]> {
  const running: { stop(): Promise<void> }[] = [];
  try {
    const keep = <T extends { stop(): Promise<void> }>(started: T): T => {
      running.push(started);
      return started;
    };
    const bare = await startBare(films, options);
    running.push(bare.process, bare.perCore);
    const embedded = keep(await startService(options));
    const withPostgres =
      postgres === undefined
        ? undefined
        : keep(await startService(options, { databaseUrl: await postgres.createDatabase('bench_serving') }));
    const { peers, missing } = await startPeers(films, client, options);
    peers.forEach(keep);
    const agreements = await agreementLines(embedded, peers, films, await comparedFrom(options));
    const ours = [
      asSystem('this service, embedded log', embedded, films, client),
      ...(withPostgres === undefined ? [] : [asSystem('this service, PostgreSQL', withPostgres, films, client)]),
    ];
    const systems = [bare.process, ...ours, ...peers, bare.perCore];
    const samples = await measureInTurn(systems, options);
    return lines({ bare, systems, samples, peers, missing, agreements, films, options });
  } finally {
    for (const system of running.reverse()) await system.stop();
  }
}

function asSystem(name: string, service: RunningService, films: readonly BenchFilm[], client: LoadClient): System {
  return served({
    name,
    url: () => service.detections,
    headers: service.headers,
    films,
    client,
    stop: () => service.stop(),
  });
}

/** samples[system][clients] in the order of the rounds. */
type Samples = ReadonlyMap<string, ReadonlyMap<number, readonly Sample[]>>;

/** A noisy neighbour hits all systems alike when each has its turn in every round, and not always after the same one. */
async function measureInTurn(systems: readonly System[], { rounds, seconds }: BenchOptions): Promise<Samples> {
  const samples = new Map(
    systems.map(({ name }) => [name, new Map<number, Sample[]>(clientCounts.map((clients) => [clients, []]))]),
  );
  for (let round = 0; round < rounds; round++) {
    for (const clients of clientCounts) {
      for (let i = 0; i < systems.length; i++) {
        const system = systems[(i + round) % systems.length];
        if (system === undefined) continue;
        const sample = await system.measure(clients, seconds);
        samples.get(system.name)?.get(clients)?.push(sample);
        process.stderr.write(
          `round ${round + 1}, ${clients} clients, ${system.name}: p50 ${milliseconds(median(sample.latenciesMs))}, ${sample.perSecond.toFixed(1)}/s\n`,
        );
      }
    }
  }
  return samples;
}

interface Measured {
  readonly bare: Bare;
  readonly systems: readonly System[];
  readonly samples: Samples;
  readonly peers: readonly Peer[];
  readonly missing: readonly MissingPeer[];
  readonly agreements: readonly string[];
  readonly films: readonly BenchFilm[];
  readonly options: BenchOptions;
}

function lines({ bare, systems, samples, peers, missing, agreements, films, options }: Measured): string[] {
  const of = (system: string, clients: number) => samples.get(system)?.get(clients) ?? [];
  const p50 = (sample: Sample) => median(sample.latenciesMs);
  const rate = (sample: Sample) => sample.perSecond;
  const against = (system: string, clients: number, value: (sample: Sample) => number) => {
    const base = of(bare.process.name, clients);
    // Round by round: what slowed one round slowed both.
    return median(of(system, clients).map((sample, round) => value(sample) / value(base[round] ?? sample)));
  };
  const rows = systems.map(({ name }) => [
    name,
    milliseconds(median(of(name, 1).map(p50))),
    milliseconds(
      quantile(
        of(name, 1).flatMap((sample) => sample.latenciesMs),
        0.99,
      ),
    ),
    ...clientCounts.map((clients) => median(of(name, clients).map(rate)).toFixed(1)),
    ratio(against(name, 1, p50)),
    ratio(against(name, 16, rate)),
  ]);
  const kilobytes = films.map((film) => film.bytes.length / 1000);
  return [
    '## Serving',
    '',
    `${films.length} films (${Math.min(...kilobytes).toFixed(0)} to ${Math.max(...kilobytes).toFixed(0)} kB) sent in turn as multipart uploads over connections that are kept, by clients in a process of their own, each of which`,
    `sends its next film when it has its answer. ${options.rounds} rounds of ${options.seconds} s for each system and number of clients, the systems in turn; medians over the rounds, ratios`,
    `round by round. ${options.threads} threads for everybody.`,
    '',
    ...markdownTable(
      [
        '',
        'p50, 1 client',
        'p99, 1 client',
        'films/s, 1',
        'films/s, 4',
        'films/s, 16',
        'p50 to bare, 1',
        'rate to bare, 16',
      ],
      rows,
    ),
    '',
    '- Bare process: decoding, window, letterbox, `session.run`, decode and NMS in one Node process, no HTTP, no queue, no log, and no clients either: under 1',
    `  stands one film after another, here fastest ${bare.ways.one}; under 4 and 16 its greatest rate, here ${bare.ways.several}.`,
    '- The row of several bare processes is the most that these cores give; nothing that serves reaches it.',
    ...peers.map(
      ({ name, ways }) =>
        `- ${name}: the fastest of three usual ways to serve it, here ${ways.one} for one client and ${ways.several} for several.`,
    ),
    ...missing.map(({ name, why }) => `- **${name} was not measured:** ${why}`),
    ...agreements,
    '- Only the service writes every answer to a log before it is sent. It keeps no films (`IMAGE_STORE=none`, as in production).',
    '',
  ];
}

/** The score of boxes well above the floor of what is kept: at the floor, rounding decides which side has a box. */
async function comparedFrom({ modelsDir, model }: BenchOptions): Promise<number> {
  const { spec } = await loadModel(join(modelsDir, model));
  return calibrate(50 * spec.candidateFloor.score, spec.calibration);
}

/** Peers that found other boxes would have done other work. */
async function agreementLines(
  service: RunningService,
  peers: readonly Peer[],
  films: readonly BenchFilm[],
  minScore: number,
): Promise<string[]> {
  const ours = await Promise.all(films.map((film) => everythingKept(service, film)));
  const lines: string[] = [];
  for (const peer of peers) {
    const pairs = await Promise.all(
      films.map(async (film, i) => ({ ours: ours[i] ?? [], theirs: detectionsOf(await post(peer.url, film)) })),
    );
    const { boxes, unmatched, worstScoreDifference, worstIou } = agreementOf(pairs, minScore);
    const line = `${peer.name}: ${boxes} boxes with a score of ${minScore.toFixed(2)} or more, ${unmatched} without a twin, worst score difference ${worstScoreDifference.toFixed(4)}, worst IoU ${worstIou.toFixed(3)}.`;
    // JPEG decoders differ by a grey level or two; anything beyond that is another network.
    if (boxes === 0 || unmatched > 0 || worstScoreDifference > 0.05) throw new Error(`the comparison is void: ${line}`);
    lines.push(`- Same boxes as ${line}`);
  }
  return lines;
}

async function everythingKept(service: RunningService, film: BenchFilm) {
  const answer: unknown = JSON.parse(await post(service.detections, film, service.headers));
  if (!isRecord(answer) || typeof answer['id'] !== 'string') throw new Error('the service answered no report');
  const view = await fetch(`${service.detections}/${answer['id']}?minScore=0`, { headers: service.headers });
  return detectionsOf(await view.text());
}

async function post(url: string, film: BenchFilm, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    body: multipartBody(film),
    headers: { ...headers, 'content-type': multipartType },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return text;
}
