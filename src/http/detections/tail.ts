import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseUnavailable } from '../../database/index.js';
import { type DetectionLog, type FollowingDetection } from '../../log/index.js';

export interface TailOptions {
  /** Position of the last row that the reader has seen. */
  readonly after: number;
  /** Ends the tail. */
  readonly signal: AbortSignal;
  /** Called every half minute: the tail ends for a reader who has signed out or lost access. */
  readonly mayGoOn: () => Promise<boolean>;
  readonly pauseMs?: number;
  readonly accessCheckMs?: number;
}

const heartbeatMs = 15_000;
const rowsAtOnce = 100;

/**
 * Rows as any replica commits them, as server-sent events
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html). Event ids are positions in the chain, in order of
 * commit: a reader that reconnects with the last one misses nothing.
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
      // A comment keeps the connection alive through proxies.
      yield ': nothing new\n\n';
    }
    if (rows.length < rowsAtOnce) await delay(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

/** None while the database is away: the reader stays connected and gets the rows when it is back. */
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
  // JSON.stringify makes no line breaks, so one line of data is one event.
  return `id: ${seq}\nevent: detection\ndata: ${JSON.stringify(data)}\n\n`;
}
