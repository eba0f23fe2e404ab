import type { Network } from './network.js';

/** A network that its first run opens and that stays open from then on; the next run tries again what failed. */
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
