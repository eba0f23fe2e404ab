import { agreementLines, comparedFrom } from './agreement.js';
import { type Bare, startBare } from './bare/index.js';
import type { LoadClient } from './client/index.js';
import type { BenchFilm } from './films.js';
import { clientCounts, measureInTurn, type Samples } from './inTurn.js';
import { markdownTable, milliseconds, ratio } from './markdown.js';
import type { BenchOptions } from './options.js';
import { type MissingPeer, type Peer, startPeers } from './peers.js';
import type { Sample, System } from './sample.js';
import { served } from './served.js';
import { type RunningService, startService } from './service.js';
import { median, quantile } from './statistics.js';
import type { PostgresCluster } from '../test/postgres.js';

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
    `${films.length} films (${Math.min(...kilobytes).toFixed(0)} to ${Math.max(...kilobytes).toFixed(0)} kB) sent in ` +
      'turn as multipart uploads over keep-alive connections, by clients in a process of their own; each client sends',
    `its next film when it has its answer. ${options.rounds} rounds of ${options.seconds} s for each system ` +
      'and number of clients, the systems in turn; medians over the rounds, ratios round by round.',
    `${options.threads} threads for each system.`,
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
    '- Bare process: decoding, window, letterbox, `session.run`, decode and NMS in one Node process, without HTTP,',
    `  queue, log or clients. Its column 1 is one film after another, here fastest ${bare.ways.one};`,
    `  its columns 4 and 16 are its greatest rate, here ${bare.ways.several}.`,
    '- Several bare processes are the most that these cores can do; nothing that serves reaches it.',
    ...peers.map(
      ({ name, ways }) =>
        `- ${name}: the fastest of three usual ways to serve it, ` +
        `here ${ways.one} for one client and ${ways.several} for several.`,
    ),
    ...missing.map(({ name, why }) => `- **${name} was not measured:** ${why}`),
    ...agreements,
    '- Only the service logs each answer before it sends it. It keeps no films (`IMAGE_STORE=none`, as in production).',
    '',
  ];
}
