import { messageOf } from '../messageOf.js';
import { type BytesFollow, readBytes } from './bytesPipe.js';
import type { FatalMessage, ReadyMessage } from './messages.js';

interface Entry<Start, Work, Answer> {
  /** Called once, with the first message. What it throws is fatal. */
  readonly start: (message: Start) => Promise<ReadyMessage>;
  /** Called for each later message, with the bytes that came with it; must not throw. */
  readonly work: (message: Work, bytes: Uint8Array) => Promise<Answer>;
}

/**
 * Runs a child: start, then one answer for each piece of work, until its parent is gone.
 *
 * SIGINT and SIGTERM are ignored: Ctrl-C and supervisors send them to the whole process group, and films in flight must
 * finish first. The parent ends its children with SIGKILL, which native code can't block.
 */
export function serveParent<Start extends { kind: 'start' }, Work extends { kind: string }, Answer>(
  entry: Entry<Start, Work, Answer>,
): void {
  if (process.send === undefined) throw new Error('This program is started by the engine, not by hand.');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
  process.on('disconnect', () => process.exit(0));
  process.on('message', (message: Start | (Work & BytesFollow)) => {
    void answer(message).then((reply) => process.send?.(reply));
  });

  async function answer(message: Start | (Work & BytesFollow)): Promise<ReadyMessage | FatalMessage | Answer> {
    if (!isStart(message)) return entry.work(message, readBytes(message.bytesFollow ?? 0));
    try {
      return await entry.start(message);
    } catch (error) {
      return { kind: 'fatal', message: messageOf(error) };
    }
  }

  function isStart(message: Start | (Work & BytesFollow)): message is Start {
    return message.kind === 'start';
  }
}
