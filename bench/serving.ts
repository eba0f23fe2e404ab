import { agreementLines, comparedFrom } from './agreement.js';
import { type Bare, startBare } from './bare/index.js';
import type { LoadClient } from './client/index.js';
import type { BenchFilm } from './films.js';
import { type FilmSize, filmSizes } from './filmSizes.js';
import { measureInTurn } from './inTurn.js';
import type { BenchOptions } from './options.js';
import { type MissingPeer, type Peer, startPeers } from './peers.js';
import type { System } from './sample.js';
import { served } from './served.js';
import { type RunningService, startService } from './service.js';
import { servingTable } from './servingTable.js';
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
      asSystem('this service, embedded log', embedded, client),
      ...(withPostgres === undefined ? [] : [asSystem('this service, PostgreSQL', withPostgres, client)]),
    ];
    const systems = [bare.process, bare.perCore, ...ours, ...peers];
    const sizes = (await filmSizes(films)).filter(({ name }) => options.sizes.some((size) => name.includes(size)));
    const samples = await measureInTurn(systems, sizes, options);
    const yardsticks = { one: bare.process.name, several: bare.perCore.name };
    const table = servingTable(samples, systems, yardsticks);
    return lines({ bare, table, sizes, peers, missing, agreements, options });
  } finally {
    for (const system of running.reverse()) await system.stop();
  }
}

function asSystem(name: string, service: RunningService, client: LoadClient): System {
  return served({
    name,
    url: () => service.detections,
    pid: () => service.pid,
    headers: service.headers,
    client,
    stop: () => service.stop(),
  });
}

interface Measured {
  readonly bare: Bare;
  readonly table: readonly string[];
  readonly sizes: readonly FilmSize[];
  readonly peers: readonly Peer[];
  readonly missing: readonly MissingPeer[];
  readonly agreements: readonly string[];
  readonly options: BenchOptions;
}

function lines({ bare, table, sizes, peers, missing, agreements, options }: Measured): string[] {
  return [
    '## Serving',
    '',
    'Films sent in turn as multipart uploads over keep-alive connections, by clients in a process of their own; each',
    `client sends its next film when it has its answer. ${options.rounds} rounds of ${options.seconds} s for each ` +
      'system, size and number of clients, the systems in turn.',
    'Each figure is the median of the rounds, with the least and the greatest; ratios are taken round by round.',
    `${options.threads} threads for each system. Sizes: ${sizes.map(sizeText).join('; ')}.`,
    '',
    ...table,
    '',
    '- Bare process: decoding, gate, window, letterbox, `session.run`, decode and NMS in one Node process, ' +
      'without HTTP,',
    `  queue, log or clients. With one client it is one film after another, here fastest ${bare.ways.one};`,
    `  with sixteen its greatest rate, here ${bare.ways.several}.`,
    '- Several bare processes are the most that these cores can do; nothing that serves reaches it.',
    '- CPU: of all processes of a system, from /proc; the clients are not part of it. RSS: all of them after sixteen',
    '  clients, the greatest of the rounds; shared pages count in each process.',
    ...peers.map(
      ({ name, ways }) =>
        `- ${name}: the fastest of three usual ways to serve it, ` +
        `here ${ways.one} for one client and ${ways.several} for several.`,
    ),
    ...missing.map(({ name, why }) => `- **${name} was not measured:** ${why}`),
    ...agreements,
    '- Only the service asks a gate and logs each answer before it sends it. It keeps no films ' +
      '(`IMAGE_STORE=none`, as in',
    '  production). The peers cut 16 bits to 8 when they decode (`IMREAD_GRAYSCALE`), which is less work.',
    '',
  ];
}

function sizeText({ name, films }: FilmSize): string {
  const kilobytes = films.map(({ bytes }) => bytes.length / 1000);
  return `${name} (${Math.min(...kilobytes).toFixed(0)} to ${Math.max(...kilobytes).toFixed(0)} kB)`;
}
