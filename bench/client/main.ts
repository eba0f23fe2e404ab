import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Answer, LoadOrder, LoadResult } from './messages.js';

// Clients in a process of their own, so that their work is not counted as the server's.
process.on('message', (order: LoadOrder) => {
  void load(order).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit(0));

async function load(order: LoadOrder): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: order.clients });
  const latenciesMs: number[] = [];
  const answers: Answer[] = [];
  const began = performance.now();
  let sent = 0;
  let lastAnswer = began;

  const client = async () => {
    while (sent < order.requests && performance.now() - began < order.seconds * 1000) {
      const film = sent % order.bodies.length;
      sent += 1;
      const at = performance.now();
      const answer = await post(order, agent, film);
      lastAnswer = performance.now();
      latenciesMs.push(lastAnswer - at);
      if (order.keepAnswers || answer.status < 200 || answer.status > 299) answers.push(answer);
    }
  };
  await Promise.all(Array.from({ length: order.clients }, client));
  agent.destroy();
  return { latenciesMs, elapsedMs: lastAnswer - began, answers };
}

function post(order: LoadOrder, agent: Agent, film: number): Promise<Answer> {
  const body = order.bodies[film] ?? new Uint8Array();
  return new Promise((resolve) => {
    const noAnswer = (error: Error) => {
      resolve({ film, status: 0, body: error.message });
    };
    const sending = request(
      order.url,
      { method: 'POST', agent, headers: { ...order.headers, 'content-length': body.byteLength } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve({ film, status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
        });
        response.on('error', noAnswer);
      },
    );
    sending.on('error', noAnswer);
    // A peer that hangs must not hang the bench.
    sending.setTimeout(60_000, () => sending.destroy(new Error('no answer within 60 s')));
    sending.end(body);
  });
}
