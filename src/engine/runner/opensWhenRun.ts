import type { Network } from './network.js';

/** A network that opens at its first run and then stays open. If opening fails, the next run tries again. */
export function opensWhenRun(open: () => Promise<Network>): Pick<Network, 'run' | 'close'> {
  let opened: Network | undefined;
  return {
    async run(tensor, dims) {
      opened ??= await open();
      return opened.run(tensor, dims);
    },
    async close() {
      await opened?.close();
    },
  };
}
