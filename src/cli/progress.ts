import cliProgress from 'cli-progress';

/** The items as they come, with a bar on stderr where somebody watches. */
export async function* withProgress<Item>(items: AsyncIterable<Item>, total: number): AsyncGenerator<Item> {
  const bar = new cliProgress.SingleBar({ stream: process.stderr, noTTYOutput: false, clearOnComplete: true }, cliProgress.Presets.shades_classic);
  if (process.stderr.isTTY) bar.start(total, 0);
  try {
    for await (const item of items) {
      bar.increment();
      yield item;
    }
  } finally {
    bar.stop();
  }
}
