import cliProgress from 'cli-progress';

export interface ProgressBar {
  increment(): void;
  stop(): void;
}

/** A bar on stderr if it is a terminal, otherwise nothing. */
export function progressBar(total: number, what = 'progress'): ProgressBar {
  const bar = new cliProgress.SingleBar(
    {
      format: `${what} {bar} {percentage}% | {value}/{total} | {eta_formatted}`,
      stream: process.stderr,
      noTTYOutput: false,
      clearOnComplete: true,
    },
    cliProgress.Presets.shades_classic,
  );
  if (process.stderr.isTTY) bar.start(total, 0);
  return {
    increment: () => {
      bar.increment();
    },
    stop: () => {
      bar.stop();
    },
  };
}

/** Passes the items on, with a bar. */
export async function* withProgress<Item>(items: AsyncIterable<Item>, total: number): AsyncGenerator<Item> {
  const bar = progressBar(total);
  try {
    for await (const item of items) {
      bar.increment();
      yield item;
    }
  } finally {
    bar.stop();
  }
}
