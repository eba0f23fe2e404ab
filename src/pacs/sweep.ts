import type { Endpoint } from './dicomweb/endpoint.js';
import { PacsError } from './dicomweb/pacsError.js';
import { type Listed, query } from './dicomweb/query.js';
import type { InstanceUids } from './dicomweb/retrieve.js';
import { isFilm, isWanted } from './filmFilter.js';
import type { Source } from './sources/source.js';

/** Instances a study had when it was last looked through, by study. */
export type SeenStudies = ReadonlyMap<string, string>;

const tags = {
  sopClassUid: '00080016',
  modality: '00080060',
  imageType: '00080008',
  studyDescription: '00081030',
  seriesDescription: '0008103E',
  bodyPart: '00180015',
  instances: '00201208',
} as const;

const hourMs = 3600_000;

/**
 * One reconciling pass: everything in the window is compared with what is known, so that no lost notice, restart or
 * late arrival loses a film. Studies whose number of instances is unchanged are not looked through again.
 *
 * @param add called study by study with all its films, known or not
 * @returns the studies seen, for the next pass, and what went wrong with one of them: others don't wait for it
 * @throws PacsError
 */
export async function sweep(
  { source, endpoint }: { readonly source: Source; readonly endpoint: Endpoint },
  { seen, now, signal }: { readonly seen: SeenStudies; readonly now: Date; readonly signal?: AbortSignal },
  add: (films: readonly InstanceUids[]) => Promise<void>,
): Promise<{ readonly seen: SeenStudies; readonly fault?: PacsError }> {
  const studies = new Map<string, Listed>();
  for (const modality of source.modalities) {
    const filter = { StudyDate: days(source, now), ModalitiesInStudy: modality };
    for (const study of await query(endpoint, '/studies', { ...filter, includefield: studyFields }, signal))
      studies.set(study.uid, study);
  }
  const looked = new Map<string, string>();
  let fault: PacsError | undefined;
  for (const study of studies.values()) {
    const [instances = ''] = study.texts(tags.instances);
    // A PACS that doesn't count is looked through each time.
    if (instances === '' || seen.get(study.uid) !== instances) {
      const films = await filmsOf(study, source, endpoint, signal).catch(ofThisStudy);
      if (films instanceof PacsError) {
        fault = films;
        continue;
      }
      if (films.length > 0) await add(films);
    }
    looked.set(study.uid, instances);
  }
  return { seen: looked, ...(fault === undefined ? {} : { fault }) };
}

/** A PACS that is away is away for all studies. */
function ofThisStudy(error: unknown): PacsError {
  if (error instanceof PacsError && ['status', 'bad-answer', 'too-large'].includes(error.code)) return error;
  throw error;
}

const studyFields = [tags.studyDescription, tags.instances];

async function filmsOf(
  study: Listed,
  source: Source,
  endpoint: Endpoint,
  signal: AbortSignal | undefined,
): Promise<InstanceUids[]> {
  const path = `/studies/${study.uid}/series`;
  const fields = { includefield: [tags.modality, tags.bodyPart, tags.seriesDescription] };
  const films: InstanceUids[] = [];
  for (const series of await query(endpoint, path, fields, signal)) {
    const [modality = ''] = series.texts(tags.modality);
    const [bodyPart = ''] = series.texts(tags.bodyPart);
    const descriptions = [...study.texts(tags.studyDescription), ...series.texts(tags.seriesDescription)];
    if (!isWanted({ modality, bodyPart, descriptions }, source)) continue;
    const wanted = { includefield: [tags.sopClassUid, tags.imageType] };
    for (const image of await query(endpoint, `${path}/${series.uid}/instances`, wanted, signal)) {
      const facts = { sopClassUid: image.texts(tags.sopClassUid)[0], imageType: image.texts(tags.imageType) };
      if (isFilm(facts, source)) films.push({ study: study.uid, series: series.uid, instance: image.uid });
    }
  }
  return films;
}

/** DICOM has no time zones, and clocks of modalities are wrong: the overlap widens the window on both sides. */
function days({ windowHours, overlapHours }: Source, now: Date): string {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10).replaceAll('-', '');
  const at = now.getTime();
  return `${day(at - (windowHours + overlapHours) * hourMs)}-${day(at + overlapHours * hourMs)}`;
}
