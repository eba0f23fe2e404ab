import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  edgesOf,
  FormatError,
  type FormatName,
  guessFormat,
  indexImages,
  readAnnotations,
  type ReadContext,
  type TextFile,
  unreadFormat,
} from '../../src/datasets/index.js';

// Files as the tools of the field write them, one a tool.
const folder = join(import.meta.dirname, 'tools');
const fileOf = (name: string): TextFile => ({ name, text: readFileSync(join(folder, name), 'utf8') });
const size = { width: 200, height: 100 };
const images = indexImages(['a.jpg', 'b.jpg', 'c d.jpg', 'e.jpg'].map((name) => ({ name, size })));

function read(format: FormatName, file: string | object, context: ReadContext = {}) {
  const text = typeof file === 'string' ? fileOf(file) : { name: 'in.json', text: JSON.stringify(file) };
  const { set, faults, notes } = readAnnotations(format, [text], { images, ...context });
  return {
    faults: faults.map(({ code, at, line }) => `${code} ${at ?? line ?? ''}`),
    films: set.films.map(({ image, boxes }) => [image, ...boxes.map((box) => [box.label, ...edgesOf(box)])]),
    notes,
    set,
  };
}

t.test('files of other tools are recognised', (t) => {
  const guesses = Object.fromEntries(
    readdirSync(folder).map((name) => [name, guessFormat(fileOf(name))?.format ?? unreadFormat(fileOf(name))]),
  );
  t.match(guesses, {
    'label-studio.json': 'label-studio',
    'label-studio-min.json': 'label-studio',
    'cvat-images.xml': 'cvat',
    'cvat-video-tracks.xml': 'cvat',
    'labelme.json': 'labelme',
    'createml.json': 'createml',
    'retinanet.csv': 'retinanet',
    'siim-study-level.csv': /^the study-level CSV .*: give train_image_level.csv$/,
  });
  t.end();
});

t.test("Label Studio: boxes in percent, uploads under their original name, cancelled work doesn't count", (t) => {
  const { films, faults } = read('label-studio', 'label-studio.json');
  // 10 % of 200 px is 20; 20 + 25.5 % of 200 is 71; 20 % of 100 px is 20; 20 + 40 % of 100 is 60
  t.strictSame(films, [['a.jpg', ['opacity', 20, 20, 71, 60]], ['b.jpg']], 'e.jpg has a turned box: no film of it');
  t.strictSame(faults, ['not-visited [2]', 'not-a-box [3].annotations[0].result[0]']);
  const without = readAnnotations('label-studio', [fileOf('label-studio.json')]);
  t.strictSame(
    without.set.films.map(({ image, size: own }) => [image, own]),
    [
      ['a.jpg', size],
      ['http://films.example/x/b.jpg', undefined],
    ],
    "without images the address says the name, without the upload's digits",
  );
  t.end();
});

t.test('Label Studio: JSON-MIN gives the same', (t) => {
  const { films, faults } = read('label-studio', 'label-studio-min.json');
  t.strictSame([films, faults], [[['a.jpg', ['opacity', 20, 20, 71, 60]], ['b.jpg']], []]);
  t.end();
});

const region = (value: object, more: object = {}) => ({
  original_width: 200,
  original_height: 100,
  type: 'rectanglelabels',
  value: { x: 10, y: 20, width: 25, height: 40, rotation: 0, rectanglelabels: ['opacity'], ...value },
  ...more,
});
const task = (image: string, ...annotations: readonly object[]) => ({ data: { image }, annotations });

t.test('Label Studio: regions that are not boxes, or of another film, are faults and never make a negative', (t) => {
  const brush = { ...region({}), type: 'brushlabels', value: { format: 'rle', rle: [1, 2], brushlabels: ['opacity'] } };
  const cases: readonly (readonly [string, object])[] = [
    ['not-a-box', brush],
    ['not-a-box', region({}, { image_rotation: 90 })],
    ['no-label', region({ rectanglelabels: [] })],
    ['other-size', region({}, { original_width: 400 })],
    ['outside-film', region({ x: 90 })],
    ['inverted-box', region({ width: 0 })],
  ];
  for (const [code, result] of cases) {
    const { films, faults } = read('label-studio', [task('a.jpg', { result: [result] })]);
    t.strictSame([films, faults.map((fault) => fault.split(' ')[0])], [[], [code]], JSON.stringify(result));
  }
  const polygon = region({ x: undefined, points: [[10, 20], [35, 20], [20, 60]] }); // prettier-ignore
  t.strictSame(read('label-studio', [task('a.jpg', { result: [polygon] })]).films, [
    ['a.jpg', ['opacity', 20, 20, 70, 60]],
  ]);
  t.strictSame(read('label-studio', [{ data: { image: 'a.jpg' }, annotations: [3] }]).films, [], 'ids are no boxes');
  t.end();
});

t.test('Label Studio: the ground truth counts; if there is none, the boxes of all people do', (t) => {
  const one = { result: [region({})] };
  const other = { result: [region({ x: 50 })] };
  t.strictSame(read('label-studio', [task('a.jpg', one, { ...other, ground_truth: true })]).films, [
    ['a.jpg', ['opacity', 100, 20, 150, 60]],
  ]);
  const all = read('label-studio', [task('a.jpg', one, other, one)]);
  t.strictSame(all.films, [['a.jpg', ['opacity', 20, 20, 70, 60], ['opacity', 100, 20, 150, 60]]]);
  t.strictSame([all.faults, all.notes], [[], ['1 film with several annotations: the boxes of all are taken']]);
  const differ = read('label-studio', [task('a.jpg', one, { result: [] })]);
  t.strictSame([differ.films.length, differ.faults], [1, ['contradiction [0]']]);
  t.end();
});

t.test('Label Studio: a rectangle and its label, as separate results, are one box', (t) => {
  const place = { ...region({ rectanglelabels: undefined }, { id: 'x', type: 'rectangle' }) };
  const named = region({ rectanglelabels: undefined, labels: ['opacity'] }, { id: 'x', type: 'labels' });
  const { films, faults } = read('label-studio', [task('a.jpg', { result: [place, named] })]);
  t.strictSame([films, faults], [[['a.jpg', ['opacity', 20, 20, 70, 60]]], []]);
  t.end();
});

t.test('CVAT: boxes, and bounding boxes of polygons and masks; shapes marked outside are not on the film', (t) => {
  const { films, faults, notes, set } = read('cvat', 'cvat-images.xml');
  t.strictSame(films, [
    ['a.jpg', ['opacity', 10.5, 20, 61.25, 60], ['nodule', 90, 10, 120.5, 50], ['nodule', 5, 6, 12, 14]],
    ['b.jpg'],
  ]);
  t.strictSame(faults, ['not-a-box 45', 'not-a-box 51'], 'a turned box and a line: their films are left out');
  t.strictSame(set.classes, ['nodule', 'opacity']);
  t.match(notes, ['1 shape outside the film ignored', '1 tag of whole films ignored']);
  t.end();
});

t.test('CVAT: tracks of a video are refused by name', (t) => {
  t.throws(() => read('cvat', 'cvat-video-tracks.xml'), {
    name: 'FormatError',
    message: 'cvat-video-tracks.xml:5: tracks of a video ("CVAT for video"): export the task as "CVAT for images 1.1"',
  });
  t.end();
});

t.test('labelme, Create ML, RetinaNet and SIIM lists are read', (t) => {
  t.strictSame(read('labelme', 'labelme.json').films, [
    ['a.jpg', ['opacity', 10.5, 20, 61.5, 60], ['nodule', 90, 10, 120, 50], ['nodule', 45, 45, 55, 55]],
  ]);
  // centre 36, 40 and size 51 × 40: 36 − 25.5 = 10.5
  t.strictSame(read('createml', 'createml.json').films, [['a.jpg', ['opacity', 10.5, 20, 61.5, 60]], ['b.jpg']]);
  t.strictSame(read('retinanet', 'retinanet.csv').films, [
    ['a.jpg', ['opacity', 10, 20, 61, 60], ['nodule', 1, 2, 30, 40]],
    ['b.jpg'],
  ]);
  const siim = { name: 'siim.csv', text: readFileSync(join(import.meta.dirname, 'broken', 'siim.csv'), 'utf8') };
  t.equal(guessFormat(siim)?.format, 'siim');
  const { set, faults } = readAnnotations('siim', [siim], { images });
  t.strictSame([faults, set.films.map(({ image, boxes }) => [image, ...boxes.map(edgesOf)])], [
    [],
    [['a.jpg', [10.5, 5.5, 31, 36]], ['b.jpg']],
  ]); // prettier-ignore
  t.end();
});

t.test('anything but boxes in these lists is a fault of its film', (t) => {
  const line = { label: 'opacity', points: [[1, 2], [3, 4]], shape_type: 'line' }; // prettier-ignore
  const film = { imagePath: 'a.jpg', imageWidth: 200, imageHeight: 100 };
  t.strictSame(read('labelme', { ...film, shapes: [line] }).films, []);
  t.strictSame(read('labelme', { ...film, shapes: [] }).films, [['a.jpg']]);
  t.strictSame(read('labelme', { ...film, imageWidth: 400, shapes: [] }).films, []);
  const broken = [
    { image: 'a.jpg', annotations: [{ label: 'x', coordinates: { x: 1 } }] },
    { image: 'b.jpg', annotations: [] },
  ];
  t.strictSame(read('createml', broken).films, [['b.jpg']]);
  t.strictSame(read('createml', [{ annotations: [] }, { image: 'b.jpg', annotations: [] }]).films, []);
  t.end();
});

t.test('a known format that is not read is named with what to do, also if it was given as another one', (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['Image Index,Finding Labels,Follow-up #,Patient ID\n', /Data_Entry CSV.*BBox_List_2017/],
    ['Path,Sex,Age,Frontal/Lateral,AP/PA\n', /CheXpert/],
    [
      'filename,file_size,file_attributes,region_count,region_id,' +
        'region_shape_attributes,region_attributes\n',
      /VIA.*JSON/,
    ],
    ['image,id,label,annotator,annotation_id\n', /Label Studio.*JSON/],
    ['ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax\n', /Open Images/],
    ['[{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}]', /COCO results.*names no images/],
    ['{"description": "", "objects": [{"classTitle": "x", "points": {}}]}', /Supervisely/],
  ]; // prettier-ignore
  for (const [text, message] of cases) {
    t.equal(guessFormat({ name: 'in', text }), undefined, text);
    t.match(unreadFormat({ name: 'in', text }), message);
    t.throws(() => readAnnotations('csv', [{ name: 'in', text }]), { message });
  }
  t.throws(() => readAnnotations('label-studio', [{ name: 'in.json', text: '[1]' }]), FormatError);
  t.end();
});
