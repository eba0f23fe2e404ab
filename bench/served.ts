import type { LoadClient } from './client/index.js';
import { type BenchFilm, multipartBody, multipartType } from './films.js';
import type { Sample, System } from './sample.js';
import { withFigures } from './withFigures.js';

export interface ServedOptions {
  readonly name: string;
  /** Where films are posted, by the number of clients. */
  readonly url: (clients: number) => string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The program that serves this many clients. */
  readonly pid: (clients: number) => number;
  readonly client: LoadClient;
  readonly stop: () => Promise<void>;
}

/** Anything that takes films over HTTP: the service and its peers get exactly the same requests. */
export function served({ name, url, pid, headers = {}, client, stop }: ServedOptions): System {
  return {
    name,
    stop,
    measure: (films, clients, seconds) =>
      load({ url: url(clients), pid: pid(clients), headers, films, client, clients, seconds, name }),
  };
}

export type LoadedOptions = Pick<ServedOptions, 'client' | 'headers' | 'name'> & {
  readonly films: readonly BenchFilm[];
  readonly pid: number;
  readonly url: string;
  readonly clients: number;
  readonly seconds: number;
};

export async function load({
  url,
  pid,
  headers,
  films,
  client,
  clients,
  seconds,
  name,
}: LoadedOptions): Promise<Sample> {
  const order = {
    url,
    headers: { ...headers, 'content-type': multipartType },
    bodies: films.map(multipartBody),
    clients,
    keepAnswers: false,
  };
  await client.load({ ...order, seconds: seconds / 4, requests: 4 * clients });
  return withFigures([pid], async () => {
    const { latenciesMs, elapsedMs, answers } = await client.load({ ...order, seconds, requests: Infinity });
    const [bad] = answers;
    // A system that refuses is fast: its figures would say nothing.
    if (bad !== undefined)
      throw new Error(
        `${name}: ${answers.length} of ${latenciesMs.length} requests failed, ` +
          `the first with ${bad.status} ${bad.body.slice(0, 200)}`,
      );
    return { latenciesMs, perSecond: (1000 * latenciesMs.length) / elapsedMs };
  });
}
