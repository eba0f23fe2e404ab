import { isRecord } from './answers.js';
import type { Answer, LoadClient } from './client/index.js';
import { type BenchFilm, multipartBody, multipartType } from './films.js';
import type { RunningService } from './service.js';

/** What must be the same for the same film, however it came: everything except identity and time. */
export function findingsOf(report: unknown): string {
  if (!isRecord(report)) throw new Error('not a report');
  const { state, lookedFor, model, image, threshold, filmScore, attributes, detections } = report;
  const boxes = Array.isArray(detections) ? detections.map(withoutId) : detections;
  return JSON.stringify({ state, lookedFor, model, image, threshold, filmScore, attributes, detections: boxes });
}

function withoutId(detection: unknown): unknown {
  if (!isRecord(detection)) throw new Error('not a detection');
  return Object.fromEntries(Object.entries(detection).filter(([key]) => key !== 'id'));
}

/** Analyses each film on its own, with nothing else going on. */
export async function singleReports(
  service: RunningService,
  client: LoadClient,
  films: readonly BenchFilm[],
): Promise<string[]> {
  const answers = await posted(service, client, films, { clients: 1, seconds: 600, requests: films.length });
  return films.map((film, i) => {
    const answer = answers.find((a) => a.film === i);
    if (answer?.status !== 201)
      throw new Error(`${film.name} was answered ${String(answer?.status)}: ${String(answer?.body)}`);
    return findingsOf(JSON.parse(answer.body));
  });
}

export async function posted(
  service: RunningService,
  client: LoadClient,
  films: readonly BenchFilm[],
  load: { readonly clients: number; readonly seconds: number; readonly requests: number },
): Promise<readonly Answer[]> {
  const { answers } = await client.load({
    url: service.detections,
    headers: { ...service.headers, 'content-type': multipartType },
    bodies: films.map(multipartBody),
    keepAnswers: true,
    ...load,
  });
  return answers;
}
