import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LoadOrder, LoadResult } from './messages.js';

export type { Answer, LoadOrder, LoadResult } from './messages.js';

/** The process in which the clients run. */
export interface LoadClient {
  load(order: LoadOrder): Promise<LoadResult>;
  stop(): void;
}

export function startClient(): LoadClient {
  const child = fork(fileURLToPath(new URL('./main.js', import.meta.url)), { serialization: 'advanced' });
  return {
    load: (order) => askChild<LoadResult>(child, order),
    stop() {
      child.disconnect();
    },
  };
}

/** Sends one message and waits for its answer; rejects if the process ends instead. */
export function askChild<Reply>(child: ChildProcess, question: object): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => {
      reject(new Error(`a process of the bench ended with ${String(code)}`));
    };
    child.once('exit', ended);
    child.once('message', (reply: Reply) => {
      child.off('exit', ended);
      resolve(reply);
    });
    child.send(question);
  });
}
