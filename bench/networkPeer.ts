import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const peer = fileURLToPath(new URL('../../bench/peers/networks.py', import.meta.url));

/** Starts networks.py, which runs the same network in other runtimes; it answers one question at a time. */
export function startNetworkPeer(args: readonly string[], python: string) {
  const child = spawn(python, [peer, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const ask = async (question: string): Promise<unknown> => {
    child.stdin.write(`${question}\n`);
    const line: IteratorResult<string, unknown> = await lines.next();
    if (line.done === true) throw new Error(`${peer} ended before it answered: see bench/peers/requirements.txt`);
    return JSON.parse(line.value) as unknown;
  };
  return Object.assign(ask, { stop: () => child.stdin.end() });
}
