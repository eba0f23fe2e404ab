import { type AnnotatedBox, type AnnotatedFilm, type AnnotationSet, labelsOf } from '../annotations.js';
import { type Fault, FormatError } from '../text/fault.js';
import { isObject, type JsonObject, parseJsonObject, without } from '../text/json.js';
import {
  type AnnotationFormat,
  lostScores,
  onlyFile,
  type ReadContext,
  type Reading,
  type TextFile,
  type Written,
} from './format.js';
import { readViaShape, writtenShape } from './viaShape.js';

/**
 * VGG Image Annotator 2 (https://www.robots.ox.ac.uk/~vgg/software/via/): a saved project, or the plain export of
 * annotations, which is just the project's `_via_img_metadata`. Regions are rectangles, or polygons, which become their
 * bounding boxes; circles and points are listed as faults. The label is one of the region attributes. Version 1 wrote
 * regions as an object.
 */
export const via: AnnotationFormat = {
  name: 'via',
  title: 'VIA JSON',
  layout: 'file',
  endings: ['.json'],
  read: (files, context) => readProject(onlyFile(files), context),
  write: writeProject,
};

function readProject({ name: file, text }: TextFile, context: ReadContext): Reading {
  const whole = parseJsonObject(text, file);
  const isProject = '_via_img_metadata' in whole;
  const entries = isProject ? whole['_via_img_metadata'] : whole;
  if (!isObject(entries) || !Object.values(entries).every((entry) => isObject(entry) && 'regions' in entry)) {
    throw new FormatError(
      { file, line: 1 },
      'neither a VIA project nor an export of its annotations: every image has a filename and regions',
    );
  }
  const { labelAttribute, notes } = chosenLabel(entries, context);
  const films: AnnotatedFilm[] = [];
  const faults: Fault[] = [];
  for (const [key, entry] of Object.entries(entries)) {
    const place = { file, at: `${isProject ? '_via_img_metadata.' : ''}${key}` };
    if (!isObject(entry) || typeof entry['filename'] !== 'string' || entry['filename'] === '') {
      faults.push({ ...place, code: 'bad-row', message: 'the entry has no filename' });
      continue;
    }
    const { filename: image } = entry;
    const boxes = regionsOf(entry['regions']).flatMap(([i, region]) => {
      const at = { file, at: `${place.at}.regions${Array.isArray(entry['regions']) ? `[${i}]` : `.${i}`}` };
      const box = boxOfRegion(region, labelAttribute);
      if (!('code' in box)) return [{ ...box, place: at }];
      faults.push({ ...at, image, ...box });
      return [];
    });
    films.push({ image, boxes, place, extras: { via: { key, rest: without(entry, 'filename', 'regions') } } });
  }
  const extras = { via: isProject ? { project: without(whole, '_via_img_metadata') } : {} };
  const classes = optionsOf(extras.via.project, labelAttribute);
  return { set: { films, ...(classes === undefined ? {} : { classes }), extras }, faults, notes };
}

function regionsOf(regions: unknown): [string, unknown][] {
  return Array.isArray(regions) || isObject(regions) ? Object.entries(regions) : [];
}

const usual = ['label', 'class', 'name', 'type', 'category', 'finding'];

/**
 * The attribute with a usual name, else the first. It skips those that nobody filled in ("not_defined" is VIA's own
 * default) and prefers one whose values differ to one that is always the same. If there was a choice, a note says so.
 */
function chosenLabel(
  entries: JsonObject,
  { viaLabel }: ReadContext,
): { labelAttribute: string; notes: readonly string[] } {
  if (viaLabel !== undefined) return { labelAttribute: viaLabel, notes: [] };
  const values = valuesOfAttributes(entries);
  const filled = [...values.keys()].filter((name) => (values.get(name)?.size ?? 0) > 0);
  const named = usual.filter((name) => filled.includes(name));
  const candidates = named.length > 0 ? named : filled;
  const differing = candidates.find((name) => (values.get(name)?.size ?? 0) > 1);
  const labelAttribute = differing ?? candidates[0] ?? [...values.keys()][0] ?? 'label';
  const others = [...values.keys()].filter((name) => name !== labelAttribute);
  return {
    labelAttribute,
    notes:
      others.length === 0
        ? []
        : [`labels are taken from the region attribute "${labelAttribute}", not ${others.join(', ')}; see --via-label`],
  };
}

/** The labels that each region attribute holds. */
function valuesOfAttributes(entries: JsonObject): Map<string, Set<string>> {
  const values = new Map<string, Set<string>>();
  for (const entry of Object.values(entries)) {
    for (const [, region] of regionsOf(isObject(entry) ? entry['regions'] : undefined)) {
      const attributes = isObject(region) ? region['region_attributes'] : undefined;
      for (const [name, value] of isObject(attributes) ? Object.entries(attributes) : []) {
        const label = labelOf(value);
        const own = values.get(name) ?? new Set<string>();
        values.set(name, label === undefined ? own : own.add(label));
      }
    }
  }
  return values;
}

function boxOfRegion(region: unknown, labelAttribute: string): AnnotatedBox | Pick<Fault, 'code' | 'message'> {
  const shape = isObject(region) ? region['shape_attributes'] : undefined;
  if (!isObject(region) || !isObject(shape)) return { code: 'bad-row', message: 'the region has no shape_attributes' };
  const found = readViaShape(shape);
  if ('code' in found) return found;
  const attributes = isObject(region['region_attributes']) ? region['region_attributes'] : {};
  const label = labelOf(attributes[labelAttribute]);
  if (label === undefined)
    return {
      code: 'no-label',
      message: `the region attribute "${labelAttribute}" holds no name, or several; see --via-label for another one`,
    };
  const rest = {
    labelAttribute,
    attributes: without(attributes, labelAttribute),
    shape: found.rest,
    checkbox: isObject(attributes[labelAttribute]),
  };
  return { label, ...found.bounds, extras: { via: rest } };
}

/**
 * Text, drop-down and radio hold a name; check boxes an object in which one name is true. "not_defined" is what VIA
 * writes if nobody has filled it in.
 */
function labelOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() === '' || value === 'not_defined' ? undefined : value;
  if (!isObject(value)) return undefined;
  const [only, ...more] = Object.entries(value).filter(([, checked]) => checked === true || checked === 'true');
  return more.length > 0 ? undefined : only?.[0];
}

/** The names that the project offers as labels, in their order. */
function optionsOf(project: JsonObject | undefined, labelAttribute: string): string[] | undefined {
  const regions = isObject(project?.['_via_attributes']) ? project['_via_attributes']['region'] : undefined;
  const attribute = isObject(regions) ? regions[labelAttribute] : undefined;
  return isObject(attribute) && isObject(attribute['options']) ? Object.keys(attribute['options']) : undefined;
}

function writeProject(set: AnnotationSet): Written {
  const labelAttribute =
    set.films.flatMap(({ boxes }) => boxes).find(({ extras }) => extras?.via !== undefined)?.extras?.via
      ?.labelAttribute ?? 'label';
  const entries = Object.fromEntries(set.films.map((film) => entryOf(film, labelAttribute)));
  const { via: kept } = set.extras ?? {};
  const whole =
    kept === undefined
      ? { ...newProject(set, labelAttribute, Object.keys(entries)), _via_img_metadata: entries }
      : kept.project === undefined
        ? entries
        : { ...kept.project, ...listOf(kept.project, Object.keys(entries)), _via_img_metadata: entries };
  return {
    files: [{ name: 'via-project.json', text: `${JSON.stringify(whole, null, 1)}\n` }],
    losses: lostScores(set),
  };
}

/**
 * VIA goes through the images by this list: it doesn't show an image missing here, and a name without an image is an
 * error.
 */
function listOf({ _via_image_id_list: list }: JsonObject, keys: readonly string[]): JsonObject {
  if (!Array.isArray(list)) return {};
  const order: readonly unknown[] = list;
  const [listed, there] = [new Set(order), new Set<unknown>(keys)];
  return { _via_image_id_list: [...order.filter((key) => there.has(key)), ...keys.filter((key) => !listed.has(key))] };
}

function entryOf({ image, boxes, extras }: AnnotatedFilm, labelAttribute: string): [string, JsonObject] {
  // VIA's key is the name with the size of the file in bytes; −1 is an unknown size.
  const { key, rest } = extras?.via ?? { key: `${image}-1`, rest: { size: -1, file_attributes: {} } };
  return [key, { ...rest, filename: image, regions: boxes.map((box) => regionOf(box, labelAttribute)) }];
}

function regionOf(box: AnnotatedBox, labelAttribute: string): JsonObject {
  const { label, extras } = box;
  const kept = extras?.via;
  const value = kept?.checkbox === true ? { [label]: true } : label;
  return {
    shape_attributes: writtenShape(box, kept?.shape),
    region_attributes: { ...kept?.attributes, [kept?.labelAttribute ?? labelAttribute]: value },
  };
}

/** The minimum that VIA opens as a project, with the labels to choose from. */
function newProject(set: AnnotationSet, labelAttribute: string, keys: readonly string[]): JsonObject {
  const options = Object.fromEntries(labelsOf(set).map((label) => [label, '']));
  return {
    _via_settings: {
      ui: {
        annotation_editor_height: 25,
        annotation_editor_fontsize: 0.8,
        leftsidebar_width: 18,
        image_grid: {
          img_height: 80,
          rshape_fill: 'none',
          rshape_fill_opacity: 0.3,
          rshape_stroke: 'yellow',
          rshape_stroke_width: 2,
          show_region_shape: true,
          show_image_policy: 'all',
        },
        image: {
          region_label: labelAttribute,
          region_color: '__via_default_region_color__',
          region_label_font: '10px Sans',
          on_image_annotation_editor_placement: 'NEAR_REGION',
        },
      },
      core: { buffer_size: 18, filepath: {}, default_filepath: '' },
      project: { name: 'annotations' },
    },
    _via_attributes: {
      region: { [labelAttribute]: { type: 'dropdown', description: '', options, default_options: {} } },
      file: {},
    },
    _via_data_format_version: '2.0.10',
    _via_image_id_list: keys,
  };
}
