import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseUnavailable } from '../../database/index.js';
import { type DetectionLog, type FollowingDetection } from '../../log/index.js';

export interface TailOptions {
  /** The last link of the chain that the reader has seen. */
  readonly after: number;
  /** Ends the tail. */
  readonly signal: AbortSignal;
  /** Asked every half minute: who is signed out or shut out in the meantime hears no more. */
  readonly mayGoOn: () => Promise<boolean>;
  readonly pauseMs?: number;
  readonly accessCheckMs?: number;
}

const heartbeatMs = 15_000;
const rowsAtOnce = 100;

/**
 * Rows as they are committed, by whichever replica, as server-sent events
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html). Their ids are links of the chain, which come in the
 * order of the commits: a reader that comes back with the last one misses nothing.
 */
export async function* tail(
  log: Pick<DetectionLog, 'following'>,
  { after, signal, mayGoOn, pauseMs = 1000, accessCheckMs = 30_000 }: TailOptions,
): AsyncGenerator<string, void> {
  let seq = after;
  let spokenAt = Date.now();
  let checkedAt = Date.now();
  yield 'retry: 2000\n\n';
  while (!signal.aborted) {
    const now = Date.now();
    if (now - checkedAt >= accessCheckMs) {
      if (!(await allowed(mayGoOn))) return;
      checkedAt = now;
    }
    const { rows, position } = await followed(log, seq);
    for (const row of rows) yield eventOf(row);
    seq = position;
    if (rows.length > 0) spokenAt = now;
    else if (now - spokenAt >= heartbeatMs) {
      spokenAt = now;
      // A comment: proxies and readers see that somebody is there.
      yield ': nothing new\n\n';
    }
    if (rows.length < rowsAtOnce) await delay(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

/** None while the database is away: the reader stays, and hears of them when it is back. */
async function followed(log: Pick<DetectionLog, 'following'>, seq: number): ReturnType<DetectionLog['following']> {
  return log.following(seq, rowsAtOnce).catch(whileAway({ rows: [], position: seq }));
}

async function allowed(mayGoOn: () => Promise<boolean>): Promise<boolean> {
  return mayGoOn().catch(whileAway(true));
}

function whileAway<Value>(value: Value): (error: unknown) => Value {
  return (error) => {
    if (error instanceof DatabaseUnavailable) return value;
    throw error;
  };
}

function eventOf({ seq, report }: FollowingDetection): string {
  const { queueMs, decodeMs, inferMs, postMs } = report.timings;
  const analysed = report.state !== 'not-analysed';
  const data = {
    id: report.id,
    createdAt: report.createdAt,
    state: report.state,
    reason: analysed ? null : report.reason.code,
    model: { name: report.model.name, version: report.model.version },
    submitter: report.submitter,
    filmScore: analysed ? report.filmScore : null,
    boxCount: analysed ? report.detections.length : null,
    latencyMs: Math.round((queueMs + decodeMs + inferMs + postMs) * 100) / 100,
  };
  // JSON has no line breaks of its own: one line of data is one event.
  return `id: ${seq}\nevent: detection\ndata: ${JSON.stringify(data)}\n\n`;
}
