import type { IncomingMessage } from 'node:http';
import { Problem } from '../errors/problems.js';

/**
 * Hands over the chunks of a body as they arrive. Resolves after the last one; takes no more chunks once it has
 * settled. The request is never destroyed here: the answer needs its socket.
 *
 * @param silenceMs how long a sender may stay silent. Node's own `requestTimeout` limits the whole request.
 * @throws Problem `request-timeout` if the sender falls silent, an Error if it hangs up, and whatever `take` throws.
 */
export function receiveBody(raw: IncomingMessage, take: (chunk: Buffer) => void, silenceMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const silence = setTimeout(() => {
      settle(new Problem('request-timeout', `The sender sent nothing for ${silenceMs} ms.`));
    }, silenceMs);
    const settle = (error?: unknown) => {
      clearTimeout(silence);
      raw.off('data', onData).off('end', settle).off('close', onClose).off('error', settle);
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error('The request broke off', { cause: error }));
    };
    const onData = (chunk: Buffer) => {
      silence.refresh();
      try {
        take(chunk);
      } catch (error) {
        settle(error);
      }
    };
    const onClose = () => {
      settle(new Error('The sender hung up'));
    };
    raw.on('end', settle).on('close', onClose).on('error', settle).on('data', onData);
    if (raw.destroyed) onClose();
  });
}
