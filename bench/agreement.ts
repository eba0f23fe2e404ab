import { join } from 'node:path';
import { calibrate } from '../src/detector/index.js';
import { loadModel } from '../src/registry/index.js';
import { agreementOf, detectionsOf, isRecord } from './answers.js';
import { type BenchFilm, multipartBody, multipartType } from './films.js';
import type { BenchOptions } from './options.js';
import type { Peer } from './peers.js';
import type { RunningService } from './service.js';

/** A score well above the floor of the log: at the floor, rounding decides whether there is a box. */
export async function comparedFrom({ modelsDir, model }: BenchOptions): Promise<number> {
  const { spec } = await loadModel(join(modelsDir, model));
  return calibrate(50 * spec.candidateFloor.score, spec.calibration);
}

/** Checks that the peers find the same boxes: if not, they did different work. */
export async function agreementLines(
  service: RunningService,
  peers: readonly Peer[],
  films: readonly BenchFilm[],
  minScore: number,
): Promise<string[]> {
  const ours = await Promise.all(films.map((film) => everythingKept(service, film)));
  const lines: string[] = [];
  for (const peer of peers) {
    const pairs = await Promise.all(
      films.map(async (film, i) => ({ ours: ours[i] ?? [], theirs: detectionsOf(await post(peer.url, film)) })),
    );
    const { boxes, unmatched, worstScoreDifference, worstIou } = agreementOf(pairs, minScore);
    const line =
      `${peer.name}: ${boxes} boxes with a score of ${minScore.toFixed(2)} or more, ${unmatched} without a twin, ` +
      `worst score difference ${worstScoreDifference.toFixed(4)}, worst IoU ${worstIou.toFixed(3)}.`;
    // JPEG decoders differ by a grey level or two; a larger difference means another network.
    if (boxes === 0 || unmatched > 0 || worstScoreDifference > 0.05) throw new Error(`the comparison is void: ${line}`);
    lines.push(`- Same boxes as ${line}`);
  }
  return lines;
}

async function everythingKept(service: RunningService, film: BenchFilm) {
  const answer: unknown = JSON.parse(await post(service.detections, film, service.headers));
  if (!isRecord(answer) || typeof answer['id'] !== 'string') throw new Error('the service answered no report');
  const view = await fetch(`${service.detections}/${answer['id']}?minScore=0`, { headers: service.headers });
  return detectionsOf(await view.text());
}

async function post(url: string, film: BenchFilm, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    body: multipartBody(film),
    headers: { ...headers, 'content-type': multipartType },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return text;
}
