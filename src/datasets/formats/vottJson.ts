import { createHash } from 'node:crypto';
import { type AnnotatedBox, type AnnotatedFilm, type AnnotationSet, boxAround, labelsOf } from '../annotations.js';
import { type Fault, FormatError } from '../text/fault.js';
import { groupBy } from '../images.js';
import { isFiniteNumber, isObject, type JsonObject, parseJsonObject, without } from '../text/json.js';
import type { Place } from '../text/place.js';
import {
  type AnnotationFormat,
  lostScores,
  onlyFile,
  type ReadContext,
  type Reading,
  type TextFile,
  type Written,
} from './format.js';
import { imageOfVottName, vottNameOf } from './vottName.js';

/**
 * The JSON export of VoTT 2 (`<project>-export.json`; types in src/models/applicationState.ts there): assets with
 * regions. A region with several tags gives a box for each. Polygons become their boundingBox, as in VoTT's own CSV,
 * and keep their points. Assets that nobody has opened (state 0) don't count as films without boxes: they are listed as
 * faults.
 */
export const vottJson: AnnotationFormat = {
  name: 'vott-json',
  title: 'VoTT JSON export',
  layout: 'file',
  endings: ['.json'],
  read: (files, context) => readExport(onlyFile(files), context),
  write: writeExport,
};

function readExport({ name: file, text }: TextFile, context: ReadContext): Reading {
  const whole = parseJsonObject(text, file);
  const { assets, tags } = whole;
  if (!isObject(assets)) throw new FormatError({ file, line: 1 }, 'not a VoTT export: it has no assets');
  const films: AnnotatedFilm[] = [];
  const faults: Fault[] = [];
  for (const [id, entry] of Object.entries(assets)) {
    const place = { file, at: `assets.${id}` };
    const film = isObject(entry) ? readAsset(id, entry, place, context, faults) : undefined;
    if (film === undefined)
      faults.push({
        ...place,
        code: 'bad-row',
        message: 'not an asset with a name, and regions; a .vott project has none, its export has',
      });
    else if (film !== 'not-visited') films.push(film);
  }
  const classes = Array.isArray(tags)
    ? tags.flatMap((tag: unknown) => (isObject(tag) && typeof tag['name'] === 'string' ? [tag['name']] : []))
    : undefined;
  return {
    set: { films, ...(classes === undefined ? {} : { classes }), extras: { vott: without(whole, 'assets') } },
    faults,
  };
}

function readAsset(
  id: string,
  entry: JsonObject,
  place: Place,
  context: ReadContext,
  faults: Fault[],
): AnnotatedFilm | 'not-visited' | undefined {
  const { asset, regions } = entry;
  if (!isObject(asset) || !Array.isArray(regions) || typeof asset['name'] !== 'string') return undefined;
  const { image, extras } = imageOfVottName(asset['name'], context.images);
  if (asset['state'] === 0) {
    faults.push({
      ...place,
      image,
      code: 'not-visited',
      message: `nobody has opened ${image} in VoTT, so it doesn't count as a film without boxes`,
    });
    return 'not-visited';
  }
  const boxes = regions.flatMap((region: unknown, i) => {
    const at = { file: place.file, at: `${place.at ?? ''}.regions[${i}]` };
    const found = isObject(region) ? boxesOfRegion(region) : [{ code: 'bad-row', message: 'not an object' } as const];
    return found.flatMap((box) => {
      if (!('code' in box)) return [{ ...box, place: at }];
      faults.push({ ...at, image, ...box });
      return [];
    });
  });
  const size = sizeOf(asset['size']);
  const rest = { asset: without(asset, 'name', 'size'), rest: without(entry, 'asset', 'regions') };
  return {
    image,
    ...(size === undefined ? {} : { size }),
    boxes,
    place,
    extras: { vott: { ...extras?.vott, id, ...rest } },
  };
}

function sizeOf(size: unknown): AnnotatedFilm['size'] {
  if (!isObject(size)) return undefined;
  const { width, height } = size;
  return isFiniteNumber(width) && isFiniteNumber(height) && width > 0 && height > 0 ? { width, height } : undefined;
}

/** A box for each tag. */
function boxesOfRegion(region: JsonObject): (AnnotatedBox | Pick<Fault, 'code' | 'message'>)[] {
  const tags = Array.isArray(region['tags']) ? region['tags'].filter((tag: unknown) => typeof tag === 'string') : [];
  if (tags.length === 0) return [{ code: 'no-label', message: `the region ${String(region['id'])} has no tag` }];
  const box = boxOfRegion(region);
  if (box === undefined)
    return [{ code: 'not-a-box', message: `the region ${String(region['id'])} has neither boundingBox nor points` }];
  const extras = { vott: { region: without(region, 'tags') } };
  return tags.map((label) => ({ label, ...box, extras }));
}

function boxOfRegion({ boundingBox, points }: JsonObject): Pick<AnnotatedBox, 'box' | 'far'> | undefined {
  if (isObject(boundingBox)) {
    const { left, top, width, height } = boundingBox;
    if (isFiniteNumber(left) && isFiniteNumber(top) && isFiniteNumber(width) && isFiniteNumber(height))
      return { box: { x: left, y: top, width, height } };
  }
  return boxAround(pointsOf(points));
}

function pointsOf(points: unknown): { x: number; y: number }[] {
  if (!Array.isArray(points)) return [];
  return points.flatMap((point: unknown) =>
    isObject(point) && isFiniteNumber(point['x']) && isFiniteNumber(point['y'])
      ? [{ x: point['x'], y: point['y'] }]
      : [],
  );
}

function writeExport(set: AnnotationSet): Written {
  const labels = labelsOf(set);
  const whole = set.extras?.vott ?? {};
  const known = Array.isArray(whole['tags']) ? whole['tags'].filter(isObject) : [];
  const tags = [
    ...known,
    ...labels
      .filter((label) => !known.some((tag) => tag['name'] === label))
      .map((name, i) => ({ name, color: tagColours[(known.length + i) % tagColours.length] })),
  ];
  const assets = Object.fromEntries(
    set.films.map((film) => [film.extras?.vott?.id ?? assetId(vottNameOf(film)), assetOf(film)]),
  );
  const text = `${JSON.stringify({ name: 'annotations', version: '2.2.0', ...whole, tags, assets }, null, 2)}\n`;
  return { files: [{ name: 'vott-export.json', text }], losses: lostScores(set) };
}

/** The first colours that VoTT itself gives to tags. */
const tagColours = ['#5db300', '#e81123', '#6917aa', '#015cda', '#4894fe', '#6b849c'];

/** VoTT names assets by the MD5 of their path. */
function assetId(path: string): string {
  return createHash('md5').update(path).digest('hex');
}

function assetOf(film: AnnotatedFilm): JsonObject {
  const name = vottNameOf(film);
  const kept = film.extras?.vott;
  const made = {
    format: name.split('.').at(-1) ?? '',
    id: assetId(name),
    path: `file:${name}`,
    state: film.boxes.length > 0 ? 2 : 1,
    type: 1,
  };
  return {
    asset: { ...(kept?.asset ?? made), name, ...(film.size === undefined ? {} : { size: film.size }) },
    regions: regionsOf(film),
    ...(kept?.rest ?? { version: '2.2.0' }),
  };
}

function regionsOf(film: AnnotatedFilm): JsonObject[] {
  // By object identity: two regions with the same id are two.
  return [...groupBy(film.boxes, (box) => box.extras?.vott?.region ?? box)].flatMap(([, group], i) => {
    const [first] = group;
    if (first === undefined) return [];
    const tags = group.map(({ label }) => label);
    const { x, y, width, height } = first.box;
    const kept = first.extras?.vott?.region;
    if (kept !== undefined) return [{ ...kept, tags }];
    const points = [
      [x, y],
      [x + width, y],
      [x + width, y + height],
      [x, y + height],
    ].map(([px, py]) => ({ x: px, y: py }));
    return [
      {
        id: `${assetId(vottNameOf(film)).slice(0, 8)}-${i}`,
        type: 'RECTANGLE',
        tags,
        boundingBox: { height, width, left: x, top: y },
        points,
      },
    ];
  });
}
