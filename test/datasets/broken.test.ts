import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  edgesOf,
  type FormatName,
  formats,
  guessFormat,
  indexImages,
  readAnnotations,
  type ReadContext,
} from '../../src/datasets/index.js';

// Files as users bring them, kept under the name of what is wrong with them.
const folder = join(import.meta.dirname, 'broken');
const size = { width: 200, height: 100 };
const images = indexImages(['a.jpg', 'b.jpg', 'c d.jpg', 'e.jpg'].map((name) => ({ name, size })));

function read(format: FormatName, name: string, context: ReadContext = {}) {
  return readAnnotations(format, [{ name, text: readFileSync(join(folder, name), 'utf8') }], { images, ...context });
}

const told = ({ faults }: ReturnType<typeof read>) => faults.map(({ code }) => code);
const films = ({ set }: ReturnType<typeof read>) =>
  set.films.map(({ image, boxes }) => [image, ...boxes.map((box) => [box.label, ...edgesOf(box)])]);

/** A COCO file of two films, a.jpg and b.jpg. */
function coco(annotations: readonly object[], ids: readonly unknown[] = [0, 1]) {
  const names = ['a.jpg', 'b.jpg'];
  const text = JSON.stringify({
    images: ids.map((id, i) => ({ id, file_name: names[i], ...size })),
    annotations: annotations.map((each, id) => ({ id, category_id: 1, bbox: [1, 2, 30, 40], ...each })),
    categories: [{ id: 1, name: 'opacity' }],
  });
  return readAnnotations('coco', [{ name: 'coco.json', text }], { images });
}

t.test('COCO ids match if they are text in one place and numbers in another', (t) => {
  const found = read('coco', 'coco-text-image-ids.json');
  t.strictSame(told(found), []);
  t.strictSame(films(found), [
    ['a.jpg', ['b', 1, 2, 31, 42]],
    ['b.jpg', ['b', 5, 2, 35, 42]],
  ]);
  t.strictSame(films(coco([{ image_id: 0, category_id: '1' }, { image_id: '1' }])), [
    ['a.jpg', ['opacity', 1, 2, 31, 42]],
    ['b.jpg', ['opacity', 1, 2, 31, 42]],
  ]);
  const both = coco([{ image_id: '0' }], [0, '0']);
  t.strictSame(films(both), [['a.jpg'], ['b.jpg', ['opacity', 1, 2, 31, 42]]], 'the id as it is comes first');
  const boxed = [
    ['a.jpg', ['opacity', 1, 2, 31, 42]],
    ['b.jpg', ['opacity', 1, 2, 31, 42]],
  ];
  const spellings: [unknown[], unknown, unknown][] = [
    [[0, 1], '0.0', '1.0'],
    [[1, 2], ' 1', '2 '],
    [[1, 2], '0001', '0002'],
    [['000001', '000002'], 1, 2],
    [['1', '01'], '1', '01'],
  ];
  for (const [ids, first, second] of spellings) {
    const spelled = coco(
      [
        { image_id: first, category_id: '01' },
        { image_id: second, category_id: '1.0' },
      ],
      ids,
    );
    t.strictSame([told(spelled), films(spelled)], [[], boxed], JSON.stringify([ids, first, second]));
  }
  const unclear = coco([{ image_id: 1 }], ['01', '001']);
  t.strictSame([told(unclear), films(unclear)], [['missing-image'], []], 'two films of one number: nobody knows which');
  t.end();
});

t.test('if a box has no film, no film counts as one without lesions', (t) => {
  const orphan = coco([{ image_id: 0 }, { image_id: 7 }]);
  t.strictSame(told(orphan), ['missing-image']);
  t.strictSame(films(orphan), [['a.jpg', ['opacity', 1, 2, 31, 42]]], 'b.jpg may be the film of image 7');
  t.match(orphan.notes, [
    /^1 film was left out that would have no boxes, since a fault \(above\) may be about any such film: b.jpg$/,
  ]);

  const doubled = coco([{ image_id: 0 }], [0, 0]);
  t.strictSame(told(doubled), ['duplicate', 'missing-image']);
  t.strictSame(films(doubled), [], 'two images of one id: neither has the box, neither has none');

  const twice = readAnnotations(
    'csv',
    [{ name: 'boxes.csv', text: 'image,xmin,ymin,xmax,ymax,label\na.jpg,1,2,x,4,b\n./a.jpg,,,,,\nb.jpg,,,,,\n' }],
    { images },
  );
  t.strictSame(films(twice), [['b.jpg']], 'nor under another spelling of its name');

  const nameless = readAnnotations(
    'csv',
    [{ name: 'boxes.csv', text: 'image,xmin,ymin,xmax,ymax,label\n,1,2,3,4,b\nb.jpg,,,,,\n' }],
    { images },
  );
  t.strictSame(films(nameless), [], 'the row without a name may be about b.jpg');

  const folders = indexImages(['p1/front.png', 'p2/front.png'].map((name) => ({ name, size })));
  const ambiguous = readAnnotations(
    'csv',
    [{ name: 'boxes.csv', text: 'image,xmin,ymin,xmax,ymax,label\nfront.png,1,2,3,4,b\np1/front.png,,,,,\n' }],
    { images: folders },
  );
  t.strictSame(films(ambiguous), [], 'nor if the name of a box means more than one image');

  const described = readAnnotations('via', [
    {
      name: 'via.json',
      text: JSON.stringify({
        a: { filename: 'a.jpg', regions: [] },
        b: {
          filename: 'a.jpg',
          regions: [
            {
              shape_attributes: { name: 'rect', x: 1, y: 2, width: 3, height: 4 },
              region_attributes: { label: 'b' },
            },
          ],
        },
      }),
    },
  ]);
  t.strictSame(films(described), [], 'nor if a second description of the film has boxes');
  t.end();
});

t.test('a film that lost one of its boxes is left out, unless boxes are clipped', (t) => {
  const strict = read('vott-csv', 'csv-box-over-the-border.csv');
  t.strictSame([told(strict), films(strict)], [['outside-film'], []]);
  t.match(strict.notes, [/left out with all boxes, since a box was lost \(above\): a.jpg; with --clip/]);
  const clipped = read('vott-csv', 'csv-box-over-the-border.csv', { clip: true });
  t.strictSame(told(clipped), []);
  t.strictSame(films(clipped), [['a.jpg', ['b', 0, 2, 50, 40], ['b', 60, 2, 90, 40]]]);
  t.match(clipped.notes, ['1 box was clipped at the border of the film']);
  const text = 'image,xmin,ymin,xmax,ymax,label\na.jpg,201,2,250,40,b\nb.jpg,9,2,5,40,b\ne.jpg,190,90,201,101,b\n';
  const others = readAnnotations('csv', [{ name: 'boxes.csv', text }], { images, clip: true });
  t.strictSame(told(others), ['outside-film', 'inverted-box'], 'a box that is nowhere on the film is still a fault');
  t.strictSame(films(others), [['e.jpg', ['b', 190, 90, 200, 100]]]);
  const [yolo] = formats.yolo.write(others.set, { classes: ['b'] }).files;
  t.equal(yolo?.text, '0 0.97500000 0.95000000 0.05000000 0.10000000\n', 'what is written is the clipped box');
  t.end();
});

t.test('crowds are not boxes, unless the user says that they are masks of single things', (t) => {
  const refused = read('coco', 'coco-only-crowds.json');
  t.strictSame([told(refused), films(refused)], [['crowd', 'crowd'], []]);
  t.match(refused.notes?.[0], /every annotation is a crowd .* --crowds-as-boxes takes their boxes/);
  const taken = read('coco', 'coco-only-crowds.json', { crowdsAsBoxes: true });
  t.strictSame(told(taken), []);
  t.strictSame(films(taken), [
    ['a.jpg', ['b', 1, 2, 31, 42]],
    ['b.jpg', ['b', 1, 2, 31, 42]],
  ]);
  t.strictSame(films(read('coco', 'coco-polygon-without-bbox.json')), [['a.jpg', ['b', 10, 10, 50, 60]]]);
  t.end();
});

t.test('NaN in a cell means no number, as pandas writes it', (t) => {
  const found = read('rsna', 'rsna-nan.csv');
  t.strictSame([told(found), films(found)], [[], [['a.jpg', ['opacity', 10, 5, 30, 35]], ['b.jpg'], ['e.jpg']]]);
  const text = 'image,xmin,ymin,xmax,ymax,label\na.jpg,NaN,NaN,NaN,NaN,NaN\nb.jpg,<NA>,,null,None,\n';
  const plain = readAnnotations('csv', [{ name: 'boxes.csv', text }], { images });
  t.strictSame([told(plain), films(plain)], [[], [['a.jpg'], ['b.jpg']]]);
  t.end();
});

t.test('a film without lesions may have a box without an extent, and what is no number is said to be none', (t) => {
  const rsna = (rows: string) =>
    readAnnotations('rsna', [{ name: 'r.csv', text: `patientId,x,y,width,height,Target\n${rows}\n` }], { images });
  const zeros = rsna('a,10,5,20,30,1\nb,0,0,0,0,0\ne,0.0,0.0,0.0,0.0,0');
  t.strictSame([told(zeros), films(zeros)], [[], [['a.jpg', ['opacity', 10, 5, 30, 35]], ['b.jpg'], ['e.jpg']]]);
  for (const cell of ['-1.#IND', 'inf', '1e400', 'x'])
    for (const target of ['0', '1'])
      t.match(rsna(`a,${cell},0,0,0,${target}`).faults, [{ code: 'not-a-number', message: `x is "${cell}"` }], cell);
  t.match(rsna('a,0,0,9,9,0').faults, [{ code: 'contradiction' }]);

  const header = 'image_id,class_name,class_id,rad_id,x_min,y_min,x_max,y_max';
  const vindr = (rows: string) =>
    readAnnotations('vindr', [{ name: 'v.csv', text: `${header}\n${rows}\n` }], { images });
  const nothing = vindr('a,No finding,14,R1,0,0,1,1\nb,No finding,14,R1,,,,\ne,No finding,14,R2,0.0,0.0,1.0,1.0');
  t.strictSame([told(nothing), films(nothing)], [[], [['a.jpg'], ['b.jpg'], ['e.jpg']]]);
  t.match(vindr('a,No finding,14,R1,10,10,40,40').faults, [{ code: 'bad-row', message: /has a box/ }]);
  t.end();
});

t.test('VIA regions that nobody gave a name are no lesions called "not_defined"', (t) => {
  const region = (region_attributes: object) => ({
    shape_attributes: { name: 'rect', x: 1, y: 2, width: 30, height: 40 },
    region_attributes,
  });
  const via = (...regions: object[]) =>
    readAnnotations('via', [{ name: 'v.json', text: JSON.stringify({ a: { filename: 'a.jpg', regions } }) }], {
      images,
    });
  t.match(via(region({ name: 'not_defined' })).faults, [{ code: 'no-label', message: /name.*--via-label/ }]);
  const half = via(region({ name: 'b' }), region({ name: 'not_defined' }), region({ name: '' }));
  t.strictSame(
    half.faults.map(({ code }) => code),
    ['no-label', 'no-label'],
  );
  t.end();
});

t.test('YOLO sets are read as Roboflow and darknet lay them out', (t) => {
  const files = (...names: string[]) => names.map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
  const roboflow = readAnnotations('yolo', files('yolo-yaml/a.txt', 'yolo-yaml/data.yaml'), { images });
  t.strictSame([told(roboflow), roboflow.set.classes], [[], ['b', 'z']]);
  t.strictSame(
    roboflow.set.films[0]?.boxes.map(({ label }) => label),
    ['b', 'z'],
  );
  const layout = ['labels/train/a.txt', 'obj.names', 'train.txt'].map((name) => `yolo-darknet/${name}`);
  const darknet = readAnnotations('yolo', files(...layout), { images });
  t.strictSame(told(darknet), [], 'train.txt is a list of films, not a film');
  t.match(darknet.notes, [/train.txt: lists no boxes/]);
  t.strictSame(
    darknet.set.films.map(({ image, boxes }) => [image, boxes.length]),
    [['a.jpg', 1]],
  );
  const lost = readAnnotations('yolo', [...files('yolo-yaml/data.yaml'), { name: 'x.txt', text: '0 .5 .5 .1 .1\n' }], {
    images,
  });
  t.strictSame(told(lost), ['missing-image'], 'labels of a film that is not there are a fault as before');
  t.end();
});

t.test('box lists of VinDr, NIH and TensorFlow are read', (t) => {
  const names = ['vin.csv', 'nih.csv', 'v_tf.csv'];
  const guesses = names.map((name) => guessFormat({ name, text: readFileSync(join(folder, name), 'utf8') })?.format);
  t.strictSame(guesses, ['vindr', 'nih', 'tf-csv']);
  const vindr = read('vindr', 'vin.csv');
  t.strictSame([told(vindr), films(vindr)], [[], [['a.jpg', ['Cardiomegaly', 10, 20, 60, 70]], ['b.jpg']]]);
  const nih = read('nih', 'nih.csv', { clip: true });
  t.strictSame([told(nih), films(nih)], [[], [['a.jpg', ['Atelectasis', 22.5, 54.7, 109.2, 100]]]], 'clipped below');
  t.strictSame(films(read('tf-csv', 'v_tf.csv')), [['a.jpg', ['b', 1, 2, 30, 40]]]);
  t.end();
});

t.test('VIA labels come from an attribute that somebody filled in, and a note says which', (t) => {
  const found = read('via', 'via-name-not-defined.json');
  t.match(found.notes, [
    /^labels are taken from the region attribute "type", not name, image_quality; see --via-label$/,
  ]);
  t.strictSame(told(found), [], 'its polygon is what bounds it, as in COCO, CVAT and VoTT');
  const [film] = found.set.films;
  t.ok((film?.boxes.length ?? 0) > 1);
  const [file] = formats.via.write(found.set, {}).files;
  t.match(file?.text, /"all_points_x"/, 'and is written as it was');
  const clipped = read('via', 'via-name-not-defined.json', { clip: true });
  t.strictSame(films(clipped), films(found));
  t.end();
});

t.test('names that were percent-encoded twice are found', (t) => {
  t.strictSame(films(read('vott-csv', 'vott-names-encoded-twice.csv')), [['c d.jpg', ['b', 1, 2, 30, 40]]]);
  t.end();
});

t.test('a row that says both that there is a box and that there is none does not make its film a negative', (t) => {
  const rsna = (rows: string) =>
    readAnnotations('rsna', [{ name: 'rsna.csv', text: `patientId,x,y,width,height,Target\n${rows}` }], { images });
  const unclear = rsna('a,1,2,3,4,0\nb,,,,,1\ne,,,,,0\n');
  t.strictSame([told(unclear), films(unclear)], [['contradiction', 'contradiction'], [['e.jpg']]]);
  t.strictSame(films(rsna('a,1,2,3,4,0\na,10,20,30,40,1\n')), [], 'nor half of a positive');
  const vindr = readAnnotations(
    'vindr',
    [
      {
        name: 'v.csv',
        text: 'image_id,class_name,x_min,y_min,x_max,y_max\na,No finding,1,2,30,40\nb,No finding,,,,\n',
      },
    ],
    { images },
  );
  t.strictSame([told(vindr), films(vindr)], [['bad-row'], [['b.jpg']]], '"No finding" is no class of a box');
  t.end();
});

t.test('half a surrogate pair is refused: written out, two labels would become one', (t) => {
  const text = (label: string) =>
    `{"images":[{"id":1,"file_name":"a.jpg"}],"annotations":[],"categories":[{"id":1,"name":"${label}"}]}`;
  const readLabel = (label: string) =>
    readAnnotations('coco', [{ name: 'coco.json', text: text(label) }], { images }).set.classes;
  for (const half of ['\\ud800', '\\udfff', 'x\\uD83Dx', '\\\\\\ud83d', '\\ud83d\\ud83d\\ude00'])
    t.throws(() => readLabel(half), { message: /half of a surrogate pair/ }, half);
  t.strictSame(readLabel('\\ud83d\\ude00'), ['😀']);
  t.strictSame(readLabel('\\\\ud800'), ['\\ud800'], 'an escaped backslash is no escape');
  t.end();
});

t.test('a film with a box half a pixel over a border is left out, unless boxes are clipped', (t) => {
  const over = { left: '-0.5,2,50,40', top: '1,-0.5,50,40', right: '150,2,200.5,40', bottom: '1,60,50,100.5' };
  for (const [border, edges] of Object.entries(over)) {
    const text = `image,xmin,ymin,xmax,ymax,label\na.jpg,${edges},b\na.jpg,60,10,90,40,b\nb.jpg,,,,,\n`;
    const strict = readAnnotations('csv', [{ name: 'boxes.csv', text }], { images });
    t.strictSame([told(strict), films(strict)], [['outside-film'], [['b.jpg']]], border);
    const clipped = readAnnotations('csv', [{ name: 'boxes.csv', text }], { images, clip: true });
    t.strictSame([told(clipped), clipped.set.films[0]?.boxes.length], [[], 2], `${border}, clipped`);
  }
  t.end();
});
