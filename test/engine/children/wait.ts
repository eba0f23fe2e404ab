/** Blocks the process, as native code does, until something is so. */
export function wait(until: () => boolean): void {
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  while (!until()) Atomics.wait(nothing, 0, 0, 20);
}
