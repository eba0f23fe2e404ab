import {
  type AnnotatedBox,
  type AnnotatedFilm,
  type AnnotationSet,
  baseName,
  boxOfEdges,
  edgesOf,
  stemOf,
} from '../annotations.js';
import { type Fault, FormatError } from '../text/fault.js';
import { groupBy } from '../images.js';
import { parseNumber } from '../text/json.js';
import { childText, readXml, writeXml, type XmlElement, xmlElement } from '../text/xml.js';
import type { Place } from '../text/place.js';
import {
  type AnnotationFormat,
  lostScores,
  type ReadContext,
  type TextFile,
  type VocPixels,
  type WriteOptions,
  type Written,
} from './format.js';
import { readEach } from './readEach.js';
import { labelFile } from './yolo.js';

/**
 * Pascal VOC (devkit of the VOC2012 challenge, section 7): one XML file per film, one `object` per box. The file does
 * not say how pixels are counted: see VocPixels. Everything except names, size and boxes is kept as it is.
 */
export const voc: AnnotationFormat = {
  name: 'voc',
  title: 'Pascal VOC XML',
  layout: 'folder',
  endings: ['.xml'],
  read: (files, context) => readEach(files, context, readFilm),
  write: writeFiles,
};

function readFilm(
  { name: file, text }: TextFile,
  { images, vocPixels = 'edges' }: ReadContext,
  faults: Fault[],
): AnnotatedFilm {
  const root = readXml(text, file);
  if (root.name !== 'annotation')
    throw new FormatError({ file, line: root.line ?? 1 }, `the XML is <${root.name}>, not a VOC <annotation>`);
  const named = childText(root, 'filename') ?? '';
  // labelImg sometimes leaves out the extension, and copies keep another film's name: the file's own name is the second
  // try.
  const written = named === '' ? stemOf(file) : named;
  const image =
    images === undefined
      ? written
      : ((images.find(written) ?? images.findByStem(written) ?? images.findOfLabelFile(file))?.name ?? written);
  const size = root.children.find(({ name }) => name === 'size');
  const boxes = root.children
    .filter(({ name }) => name === 'object')
    .flatMap((object) => {
      const place: Place = { file, ...(object.line === undefined ? {} : { line: object.line }) };
      const box = boxOfObject(object, vocPixels);
      if (!('code' in box)) return [{ ...box, place }];
      faults.push({ ...place, image, ...box });
      return [];
    });
  const [width, height] = [
    parseNumber((size && childText(size, 'width')) ?? ''),
    parseNumber((size && childText(size, 'height')) ?? ''),
  ];
  return {
    image,
    // VoTT and others write 0 for unknown.
    ...(width !== undefined && height !== undefined && width > 0 && height > 0 ? { size: { width, height } } : {}),
    boxes,
    place: { file, line: 1 },
    extras: {
      voc: {
        ...(root.attributes === undefined ? {} : { attributes: root.attributes }),
        elements: others(root, 'filename', 'size', 'object'),
        size: size === undefined ? [] : others(size, 'width', 'height'),
      },
    },
  };
}

function boxOfObject(object: XmlElement, pixels: VocPixels): AnnotatedBox | Pick<Fault, 'code' | 'message'> {
  const label = childText(object, 'name') ?? '';
  if (label === '') return { code: 'no-label', message: 'the object has no name' };
  const bounds = object.children.find(({ name }) => name === 'bndbox');
  if (bounds === undefined) return { code: 'not-a-box', message: `the object "${label}" has no bndbox` };
  const cells = ['xmin', 'ymin', 'xmax', 'ymax'].map((side) => ({ side, text: childText(bounds, side) ?? '' }));
  const bad = cells.find(({ text }) => parseNumber(text) === undefined);
  if (bad !== undefined) return { code: 'not-a-number', message: `${bad.side} is "${bad.text}"` };
  const [xmin = 0, ymin = 0, xmax = 0, ymax = 0] = cells.map(({ text }) => Number(text));
  const first = pixels === 'one-based' ? 1 : 0;
  return {
    label,
    ...boxOfEdges(xmin - first, ymin - first, xmax, ymax),
    extras: { voc: { elements: others(object, 'name', 'bndbox') } },
  };
}

/** The children that have no field of their own; without lines, which are not content. */
function others({ children }: XmlElement, ...names: readonly string[]): XmlElement[] {
  return children.filter(({ name }) => !names.includes(name)).map(withoutLine);
}

function withoutLine({ line, children, ...rest }: XmlElement): XmlElement {
  return { ...rest, children: children.map(withoutLine) };
}

function writeFiles(set: AnnotationSet, { vocPixels = 'edges' }: WriteOptions): Written {
  const owners = new Map<string, string>();
  const sameName = groupBy(set.films, ({ image }) => baseName(image));
  const files = set.films.map((film) => {
    const name = labelFile(film.image, '.xml');
    const owner = owners.get(name);
    if (owner !== undefined)
      throw new FormatError({ file: name }, `${owner} and ${film.image} would share this file; rename one of them`);
    owners.set(name, film.image);
    return {
      name,
      text: writeXml(annotationOf(film, (sameName.get(baseName(film.image))?.length ?? 0) > 1, vocPixels)),
    };
  });
  return { files, losses: lostScores(set) };
}

/** @param byPath whether the bare name would be another film's, too; if not, readers expect no path */
function annotationOf(film: AnnotatedFilm, byPath: boolean, pixels: VocPixels): XmlElement {
  const kept = film.extras?.voc;
  const size =
    film.size === undefined
      ? []
      : [
          xmlElement('size', [
            xmlElement('width', String(film.size.width)),
            xmlElement('height', String(film.size.height)),
            ...(kept?.size ?? []),
          ]),
        ];
  const content = [
    ...(kept?.elements ?? []),
    xmlElement('filename', kept === undefined && !byPath ? baseName(film.image) : film.image),
    ...size,
    ...film.boxes.map((box) => objectOf(box, pixels)),
  ];
  return {
    ...xmlElement('annotation', content),
    ...(kept?.attributes === undefined ? {} : { attributes: kept.attributes }),
  };
}

/** Defaults for what VOC readers expect in every object (keras-yolo3 asks for `difficult`). */
const usual = [xmlElement('pose', 'Unspecified'), xmlElement('truncated', '0'), xmlElement('difficult', '0')];

function objectOf(box: AnnotatedBox, pixels: VocPixels): XmlElement {
  const first = pixels === 'one-based' ? 1 : 0;
  const [xmin, ymin, xmax, ymax] = edgesOf(box);
  const sides = Object.entries({ xmin: xmin + first, ymin: ymin + first, xmax, ymax });
  return xmlElement('object', [
    xmlElement('name', box.label),
    ...(box.extras?.voc?.elements ?? usual),
    xmlElement(
      'bndbox',
      sides.map(([side, value]) => xmlElement(side, String(value))),
    ),
  ]);
}
