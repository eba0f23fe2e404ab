import assert from 'node:assert/strict';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import {
  type AnnotatedBox,
  type AnnotatedFilm,
  type AnnotationSet,
  boxOfEdges,
  decodeText,
  edgesOf,
  type Fault,
  FormatError,
  type FormatName,
  writtenFormats,
  formats,
  guessFormat,
  indexImages,
  readAnnotations,
  type ReadContext,
  type TextFile,
  type VocPixels,
} from '../../src/datasets/index.js';

const runs = { seed: 20261121, numRuns: 200 };
const file = (text: string, name = 'in'): TextFile => ({ name, text });
const read = (format: FormatName, text: string, context: ReadContext = {}) =>
  readAnnotations(format, [file(text)], context);

/** As the file has it, before anything is left out. */
const drawn = (format: FormatName, text: string, context: ReadContext = {}) =>
  formats[format].read([file(text)], context).set;

/** Without where it stood, which no other file has. */
function bare({ films, ...rest }: AnnotationSet): AnnotationSet {
  return {
    ...rest,
    films: films.map(({ place: _, boxes, ...film }) => ({ ...film, boxes: boxes.map(({ place: __, ...box }) => box) })),
  };
}

/** What every format can hold: images, sizes, labels and edges. */
function essence({ films }: AnnotationSet) {
  return films.map(({ image, boxes }) => ({
    image,
    boxes: boxes.map((box) => ({ label: box.label, edges: edgesOf(box) })),
  }));
}

const word = fc.string({
  unit: fc.constantFrom(...'a b c X Z 0 9 _ - ä ß 肺 & < > " \' , ;'.split(' ')),
  minLength: 1,
  maxLength: 12,
});
const label = fc.constantFrom('opacity', 'pleural effusion', 'a,b', '"quoted"', 'Lungenödem', '<b>&amp;');
const jsonObject = fc.dictionary(fc.constantFrom('note', 'reader', 'flags', 'x-y'), fc.jsonValue({ maxDepth: 2 }), {
  maxKeys: 3,
});
const size = fc
  .tuple(fc.integer({ min: 100, max: 4000 }), fc.integer({ min: 100, max: 4000 }))
  .map(([width, height]) => ({ width, height }));
const side = (length: number) =>
  fc
    .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([a, b]) => [Math.min(a, b) * length * 0.9, Math.max(a, b) * length * 0.9 + 1] as const);

/** Sets of films that are all different, with boxes that are all different and lie on them. */
function sets(
  names: fc.Arbitrary<string>,
  labels: fc.Arbitrary<string>,
  { whole = false, negatives = true } = {},
): fc.Arbitrary<AnnotationSet> {
  const film = fc.tuple(names, size).chain(([name, filmSize]) => {
    const box = fc
      .tuple(side(filmSize.width), side(filmSize.height), labels)
      .map(([[x1, x2], [y1, y2], boxLabel]): AnnotatedBox => {
        const edges = [x1, y1, x2, y2].map((edge) => (whole ? Math.floor(edge) : edge));
        return {
          label: boxLabel,
          ...boxOfEdges(edges[0]!, edges[1]!, whole ? edges[2]! + 1 : edges[2]!, whole ? edges[3]! + 1 : edges[3]!),
        };
      });
    const key = (each: AnnotatedBox) => JSON.stringify([each.label, edgesOf(each)]);
    const boxes = fc.uniqueArray(box, { minLength: negatives ? 0 : 1, maxLength: 4, selector: key });
    return boxes.map((own): AnnotatedFilm => ({ image: `${name}.jpg`, size: filmSize, boxes: own }));
  });
  return fc.uniqueArray(film, { maxLength: 5, selector: ({ image }) => image }).map((films) => ({ films }));
}

/** The images of a set, as a folder would have them. */
function imagesOf(set: AnnotationSet): Pick<ReadContext, 'images'> {
  return {
    images: indexImages(
      set.films.map(({ image, size: own }) => ({ name: image, ...(own === undefined ? {} : { size: own }) })),
    ),
  };
}

function readBack(
  format: FormatName,
  set: AnnotationSet,
  context: ReadContext = {},
): { set: AnnotationSet; faults: readonly Fault[] } {
  const { files } = formats[format].write(set, {});
  return readAnnotations(format, files, context);
}

t.test('a file that is read and written again stays the same, in everything the format can hold', (t) => {
  const names = word.filter((name) => !/[%"<>]/.test(name));

  t.test('VoTT CSV and plain CSV, with columns of their own and percent-encoded names', (t) => {
    const cell = fc.oneof(word, fc.constant(''), fc.constant('two\nlines'), fc.constant('a;b'));
    fc.assert(
      fc.property(
        sets(names, label, { negatives: false }),
        fc.array(cell, { minLength: 2, maxLength: 2 }),
        (set, cells) => {
          const films = set.films.map((film) => ({
            ...film,
            boxes: film.boxes.map((box) => ({ ...box, extras: { csv: { cells } } })),
          }));
          for (const format of ['vott-csv', 'csv'] as const) {
            const [first] = formats[format].write(
              { films, extras: { csv: { columns: ['reader', 'remark'] } } },
              {},
            ).files;
            const again = read(format, first!.text);
            assert.deepEqual(again.faults, []);
            assert.equal(formats[format].write(again.set, {}).files[0]!.text, first!.text);
            assert.deepEqual(essence(again.set), essence(set));
          }
        },
      ),
      { ...runs, numRuns: 100 },
    );
    const empty = 'image,xmin,ymin,xmax,ymax,label,patient\na.png,,,,,,p1\nb.png,1,2,30,40,opacity,p2\n';
    t.equal(formats.csv.write(read('csv', empty).set, {}).files[0]!.text, empty, 'of films without boxes, too');
    const encoded =
      '"image","xmin","ymin","xmax","ymax","label"\n"film%201.jpg",412.63157894736844,0.1,700.3,9.7,"opacity"\n';
    const { set } = read('vott-csv', encoded);
    t.equal(set.films[0]!.image, 'film 1.jpg');
    t.equal(formats['vott-csv'].write(set, {}).files[0]!.text, encoded, 'to the last digit');
    t.end();
  });

  t.test('JSON formats keep unknown fields', (t) => {
    fc.assert(
      fc.property(sets(names, label), jsonObject, fc.boolean(), (drawn, unknown, known) => {
        const films = drawn.films.map((film, f) => {
          const boxes = film.boxes.map((box, b) => ({
            ...box,
            extras: {
              coco: { annotation: { ...unknown, id: `${f}-${b}`, iscrowd: 0, segmentation: [[1, 2, 3]] } },
              via: { labelAttribute: 'finding', checkbox: known, attributes: { ...unknown }, shape: {} },
              vott: {
                region: {
                  ...unknown,
                  id: `${f}-${b}`,
                  type: 'POLYGON',
                  boundingBox: { left: box.box.x, top: box.box.y, width: box.box.width, height: box.box.height },
                  points: [{ x: 1, y: 2 }],
                },
              },
            },
          }));
          const extras = {
            coco: { image: { ...unknown, id: f * 7 } },
            via: { key: `${film.image}${f}`, rest: { size: 123, file_attributes: unknown } },
            vott: { id: `asset-${f}`, asset: { ...unknown, state: 2 }, rest: { version: '2.1.0', ...unknown } },
          };
          return { ...film, boxes, extras };
        });
        const set: AnnotationSet = {
          films,
          extras: {
            coco: {
              rest: { info: unknown },
              categories: [{ ...unknown, id: 9, name: 'opacity', supercategory: 'lung' }],
            },
            via: { project: { _via_settings: unknown } },
            vott: { name: 'p', ...unknown, tags: [] },
          },
        };
        for (const format of ['coco', 'via', 'vott-json'] as const) {
          const [first] = formats[format].write(set, {}).files;
          const again = read(format, first!.text);
          assert.deepEqual(again.faults, []);
          assert.deepEqual(
            JSON.parse(formats[format].write(again.set, {}).files[0]!.text),
            JSON.parse(first!.text),
            format,
          );
          assert.deepEqual(
            essence(again.set),
            essence({ films: films.map((film) => ({ ...film, boxes: film.boxes.map(({ far: _, ...box }) => box) })) }),
            format,
          );
        }
      }),
      { ...runs, numRuns: 60 },
    );
    t.end();
  });

  t.test('duplicates and unknown images in JSON formats are faults', (t) => {
    const project = {
      _via_settings: {},
      _via_img_metadata: {
        'a.png1': { filename: 'a.png', size: 1, regions: [], file_attributes: {} },
        'gone.png1': { filename: 'gone.png', size: 1, regions: [], file_attributes: {} },
      },
      _via_image_id_list: ['gone.png1', 'a.png1'],
    };
    const { set } = read('via', JSON.stringify(project), {
      images: indexImages([{ name: 'a.png', size: { width: 9, height: 9 } }]),
    });
    const films = [...set.films, { image: 'b.png', boxes: [] }];
    t.match(
      JSON.parse(formats.via.write({ ...set, films }, {}).files[0]!.text),
      { _via_image_id_list: ['a.png1', 'b.png-1'] },
      'VIA lists the images that are there',
    );
    const region = (left: number) => ({
      id: 'same',
      type: 'RECTANGLE',
      tags: ['x'],
      boundingBox: { left, top: 1, width: 5, height: 5 },
    });
    const assets = { one: { asset: { name: 'a.png', state: 2 }, regions: [region(1), region(20)] } };
    t.strictSame(
      (
        JSON.parse(
          formats['vott-json'].write(read('vott-json', JSON.stringify({ assets })).set, {}).files[0]!.text,
        ) as { assets: unknown }
      ).assets,
      assets,
      'two regions of one id',
    );
    const dataset = {
      images: [{ id: 0, file_name: 'a.png' }],
      annotations: [{ id: 0, image_id: 0, category_id: 0, bbox: [1, 2, 3, 4] }],
      categories: [
        { id: 0, name: 'x', supercategory: 'none' },
        { id: 1, name: 'x', supercategory: 'x' },
      ],
    };
    t.strictSame(
      JSON.parse(formats.coco.write(read('coco', JSON.stringify(dataset)).set, {}).files[0]!.text),
      dataset,
      'two categories of one name',
    );
    t.end();
  });

  t.test('Pascal VOC, with elements of its own, in both ways of counting pixels', (t) => {
    const safe = fc.string({
      unit: fc.constantFrom('a', 'Z', '0', ' ', '&', '<', '>', '"', "'", 'ß', '肺', '\t', '\r', '\n'),
      maxLength: 8,
    });
    const counted = fc
      .constantFrom<VocPixels>('edges', 'one-based')
      .chain((pixels) => fc.tuple(fc.constant(pixels), sets(names, label, { whole: pixels === 'one-based' })));
    fc.assert(
      fc.property(counted, safe, ([vocPixels, drawn], text) => {
        const elements = [
          { name: 'pose', children: [], text },
          {
            name: 'part',
            attributes: { id: text.replace(/[\t\r\n]/g, ' ') },
            children: [{ name: 'name', children: [], text }],
            text: '',
          },
        ];
        const films = drawn.films.map((film) => ({
          ...film,
          boxes: film.boxes.map((box) => ({ ...box, extras: { voc: { elements } } })),
          extras: {
            voc: { attributes: { verified: 'yes' }, elements, size: [{ name: 'depth', children: [], text: '1' }] },
          },
        }));
        const { files } = formats.voc.write({ films }, { vocPixels });
        const again = readAnnotations('voc', files, { vocPixels });
        assert.deepEqual(again.faults, []);
        assert.deepEqual(bare(again.set), { films });
      }),
      { ...runs, numRuns: 100 },
    );
    t.end();
  });

  t.test('YOLO txt, with shares of any precision and scores', (t) => {
    const share = fc.double({ min: 0.3, max: 0.5, noNaN: true });
    const line = fc.tuple(
      fc.integer({ min: 0, max: 2 }),
      share,
      share,
      share,
      share,
      fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    );
    fc.assert(
      fc.property(fc.uniqueArray(line, { maxLength: 5, selector: String }), size, (lines, own) => {
        const text = lines
          .map(([index, ...rest]) => `${index} ${rest.filter((each) => each !== null).join(' ')}\n`)
          .join('');
        const context = { images: indexImages([{ name: 'x.png', size: own }]), classes: ['a', 'b', 'c'] };
        const again = readAnnotations('yolo', [file(text, 'labels/x.txt')], context);
        assert.deepEqual(again.faults, []);
        assert.equal(formats.yolo.write(again.set, {}).files[0]!.text, text);
      }),
      runs,
    );
    t.end();
  });

  t.test('keras-yolo3 lines and RSNA rows', (t) => {
    fc.assert(
      fc.property(
        sets(
          word.map((name) => `folder with spaces/${name.replace(/[,;"]/g, '')}x`),
          label,
          { whole: true },
        ),
        (set) => {
          const again = readBack('keras-yolo3', set);
          assert.deepEqual(again.faults, []);
          assert.deepEqual(essence(again.set), essence(set));
        },
      ),
      runs,
    );
    fc.assert(
      fc.property(sets(names, fc.constant('opacity')), (set) => {
        const again = readBack('rsna', set, imagesOf(set));
        assert.deepEqual(again.faults, []);
        const xywh = (each: AnnotationSet) =>
          each.films.map(({ image, boxes }) => ({ image, boxes: boxes.map(({ box }) => box) }));
        assert.deepEqual(xywh(again.set), xywh(set));
      }),
      runs,
    );
    t.end();
  });
  t.end();
});

t.test('images, labels and boxes survive every other format, as exactly as it writes numbers', (t) => {
  const names = word.map((name) => name.replace(/[^a-zA-Z0-9_äß]/g, 'q'));
  fc.assert(
    fc.property(
      sets(names, fc.constantFrom('opacity'), { whole: true, negatives: false }),
      fc.constantFrom(...writtenFormats),
      (set, format) => {
        const again = readBack(format, set, imagesOf(set));
        assert.deepEqual(again.faults, []);
        assert.equal(again.set.films.length, set.films.length);
        const found = new Map(again.set.films.map((film) => [film.image, film]));
        for (const film of set.films) {
          const boxes = found.get(film.image)?.boxes ?? [];
          assert.deepEqual(
            boxes.map((box) => box.label),
            film.boxes.map((box) => box.label),
          );
          // Eight decimals of a share of at most 4,000 pixels, and a rounding to ten-thousandths of each side.
          const error = format === 'yolo' ? 2e-4 : 0;
          boxes.forEach((box, i) => {
            edgesOf(box).forEach((edge, k) => {
              assert.ok(Math.abs(edge - edgesOf(film.boxes[i]!)[k]!) <= error, `${format} ${edge}`);
            });
          });
        }
      },
    ),
    { ...runs, numRuns: 150 },
  );
  t.end();
});

/** Code and place of each fault. */
function told(faults: readonly Fault[]): string[] {
  return faults.map(({ file: name, line, at, code }) => `${name}:${at ?? line ?? ''} ${code}`);
}

t.test('bad rows are listed with their line, and the good ones are kept', (t) => {
  const images = indexImages([
    { name: 'a.png', size: { width: 100, height: 80 } },
    { name: 'b.png', size: { width: 100, height: 80 } },
    { name: 'torn.png' },
  ]);
  const context = { images, classes: ['opacity'] };

  t.test('CSV with rows with and without a box for one film', (t) => {
    const { set, faults } = read(
      'csv',
      'image,xmin,ymin,xmax,ymax,label\na.png,,,,,\na.png,1,2,30,40,opacity\nb.png,,,,,\nb.png,,,,,\n',
      context,
    );
    t.strictSame(told(faults), ['in:2 contradiction']);
    t.strictSame(
      set.films.map(({ image, boxes }) => [image, boxes.length]),
      [
        ['a.png', 1],
        ['b.png', 0],
      ],
    );
    t.end();
  });

  t.test('CSV with a byte order mark, CRLF and semicolons', (t) => {
    const rows = [
      'image;xmin;ymin;xmax;ymax;label',
      'a.png;1;2;30;40;opacity',
      'a.png;30;2;1;40;opacity',
      'a.png;1;2;130;40;opacity',
      '',
      'a.png;1;2;30;40;opacity',
      'a.png;1;2;x;40;opacity',
      'a.png;1;2;30;40;nodule',
      'c.png;1;2;30;40;opacity',
      'torn.png;1;2;30;40;opacity',
      ';1;2;30;40;opacity',
      'a.png;1;2;30',
      'a.png;1;2;30;40;',
      'a.png;5;6;5;40;opacity',
      'b.png;0;0;0x10;1;opacity',
    ];
    const text = decodeText(Buffer.from(`\uFEFF${rows.join('\r\n')}`), 'in');
    const { set, faults } = read('csv', text, context);
    t.strictSame(told(faults), [
      'in:3 inverted-box',
      'in:4 outside-film',
      'in:6 duplicate',
      'in:7 not-a-number',
      'in:8 unknown-label',
      'in:9 missing-image',
      'in:10 broken-image',
      'in:11 bad-row',
      'in:12 bad-row',
      'in:13 no-label',
      'in:14 inverted-box',
      'in:15 not-a-number',
    ]);
    t.strictSame(
      essence(set),
      [],
      'a.png, which lost boxes, is not written with the others, nor b.png, which lost its only one, without boxes',
    );
    t.strictSame(essence(drawn('csv', text, context))[0]!.boxes[0], { label: 'opacity', edges: [1, 2, 30, 40] });
    t.match(faults[1]!.message, /1, 2 to 130, 40 on a film of 100 × 80/);
    t.end();
  });

  t.test('YOLO txt', (t) => {
    const files = [
      file(
        '0 0.5 0.5 0.2 0.2\n1 0.5 0.5 0.2 0.2\n0 0.5 0.5 0.2\n0 0.5 0.5 x 0.2\n0 0.1 0.1 0.2 0.1 0.3 0.3 0.4\n',
        'l/a.txt',
      ),
      file('', 'l/b.txt'),
      file('0 0 0 1 1', 'l/z.txt'),
      file('0 0 0 1 1', 'l/torn.txt'),
    ];
    const { set, faults } = readAnnotations('yolo', files, context);
    t.strictSame(told(faults), [
      'l/a.txt:2 unknown-label',
      'l/a.txt:3 bad-row',
      'l/a.txt:4 not-a-number',
      'l/a.txt:5 not-a-box',
      'l/torn.txt:1 no-size',
      'l/z.txt:1 missing-image',
    ]);
    t.strictSame(
      set.films.map(({ image, boxes }) => [image, boxes.length]),
      [['b.png', 0]],
      'an empty file is a film without boxes; one with a faulty line is left out',
    );
    t.match(readAnnotations('yolo', files.slice(0, 1), { classes: ['a', 'b'] }).faults, [
      { code: 'no-size', message: /give the images folder/ },
    ]);
    t.throws(() => readAnnotations('yolo', files.slice(0, 1)), { name: 'FormatError', message: /classes\.txt/ });
    t.end();
  });

  t.test('keras-yolo3 lines', (t) => {
    const { set, faults } = read(
      'keras-yolo3',
      'C:\\my films\\a.png 1,2,30,40,0 1,2,30,40 1,2,30,40,5\nb.png\n\nb 1.png 1,2,3,x,0\n',
      context,
    );
    t.strictSame(told(faults), ['in:1 bad-row', 'in:1 unknown-label', 'in:4 not-a-number', 'in:4 missing-image']);
    t.strictSame(
      set.films.map(({ image, boxes }) => [image, boxes.length]),
      [['b.png', 0]],
    );
    const stray = read(
      'keras-yolo3',
      'a.png 1 2 30 40 0\nb.png opacity 1,2,30,40,0\nSome other text.\nx/a, b.png ' +
        '1,2,30,40,0\n0004cfab\n0004cfac 1,2,30,40,0\n',
      { classes: ['opacity'] },
    );
    t.strictSame(
      stray.faults.map(({ line, code, image }) => [line, code, image]),
      [
        [1, 'bad-row', 'a.png'],
        [2, 'bad-row', 'b.png'],
        [3, 'bad-row', undefined],
      ],
      'no film without boxes',
    );
    t.strictSame(
      stray.set.films.map(({ image, boxes }) => [image, boxes.length]),
      [
        ['x/a, b.png', 1],
        ['0004cfac', 1],
      ],
      '0004cfab has no box, and line 3 may be about it',
    );
    t.end();
  });

  t.test('RSNA CSV', (t) => {
    const names = ['a.png', 'b.png', 'c.png', 'd.png'];
    const { set, faults } = read(
      'rsna',
      'patientId,x,y,width,height,Target\na,1.0,2,10,10,1\na,20,20,10,10,1\nb,,,,,0\n' +
        'a,,,,,0\na,,,,,1\nb,1,1,5,5,0\nc,1,1,5,-5,1\nb,1,1,5,5,2\nb,1,1,5,5,1\nd,1,1,5,5,1\nd,8,8,5,5,1\n',
      { images: indexImages(names.map((name) => ({ name, size: { width: 100, height: 80 } }))) },
    );
    t.strictSame(
      told(faults),
      [
        'in:5 contradiction',
        'in:6 contradiction',
        'in:7 contradiction',
        'in:8 inverted-box',
        'in:9 bad-row',
        'in:4 contradiction',
      ].sort((a, b) => Number(/:(\d+)/.exec(a)![1]) - Number(/:(\d+)/.exec(b)![1])),
    );
    t.strictSame(
      set.films.map(({ image, boxes }) => [image, boxes.length]),
      [['d.png', 2]],
      'a.png and b.png, of which rows say both, and c.png, which lost its box, are left out',
    );
    t.end();
  });

  t.test('Pascal VOC', (t) => {
    const object = (inner: string) => `<object><name>opacity</name>${inner}</object>`;
    const box = (...[xmin, ymin, xmax, ymax]: (number | string)[]) =>
      `<bndbox><xmin>${xmin}</xmin><ymin>${ymin}</ymin><xmax>${xmax}</xmax><ymax>${ymax}</ymax></bndbox>`;
    const xml = (body: string, size = '<size><width>100</width><height>80</height></size>') =>
      `<annotation>\n<filename>a</filename>\n${size}\n${body}\n</annotation>`;
    const { set, faults } = read(
      'voc',
      xml(
        [
          object(box(1, 2, 30, 40)),
          object(box(1, 2, 'NaN', 40)),
          object(''),
          '<object><name/></object>',
          object(box(1, 2, 30, 90)),
        ].join('\n'),
      ),
      context,
    );
    t.strictSame(told(faults), ['in:5 not-a-number', 'in:6 not-a-box', 'in:7 no-label', 'in:8 outside-film']);
    t.strictSame(essence(set), [], 'a film that lost boxes is left out');
    t.strictSame(
      essence(read('voc', xml(object(box(1, 2, 30, 40))), context).set),
      [{ image: 'a.png', boxes: [{ label: 'opacity', edges: [1, 2, 30, 40] }] }],
      'the image is found without its ending',
    );
    t.strictSame(
      told(
        read('voc', xml(object(box(1, 2, 30, 40)), '<size><width>200</width><height>160</height></size>'), context)
          .faults,
      ),
      ['in:1 other-size'],
    );
    t.strictSame(
      read('voc', xml(object(box(1, 1, 100, 80))), { ...context, vocPixels: 'one-based' }).set.films[0]!.boxes[0]!.box,
      { x: 0, y: 0, width: 100, height: 80 },
      'counted from 1, the whole film',
    );
    const several = readAnnotations(
      'voc',
      [file('<annotation>\n<filename>a.png</filename>', '1.xml'), file(xml(''), '2.xml')],
      context,
    );
    t.strictSame(
      [told(several.faults), several.set.films.length],
      [['1.xml:2 bad-row'], 1],
      'one broken file is one film',
    );
    t.end();
  });

  t.test('COCO, with crowds and with annotations that have no image', (t) => {
    const annotations = [
      { id: 1, image_id: 1, category_id: 3, bbox: [1, 2, 29, 38], iscrowd: 0 },
      {
        id: 2,
        image_id: 1,
        category_id: 3,
        bbox: [1, 2, 29, 38],
        iscrowd: 1,
        segmentation: { counts: [1, 2], size: [80, 100] },
      },
      { id: 3, image_id: 9, category_id: 3, bbox: [1, 2, 29, 38] },
      { id: 4, image_id: 1, category_id: 4, bbox: [1, 2, 29, 38] },
      { id: 5, image_id: 1, category_id: 3 },
      { id: 6, image_id: 1, category_id: 3, bbox: [1, 2, null, 4] },
      { id: 7, image_id: 2, category_id: 3, bbox: [50, 50, 60, 10] },
    ];
    const dataset = {
      images: [
        { id: 1, file_name: 'a.png', width: 100, height: 80 },
        { id: 2, file_name: 'b.png' },
        { id: 2, file_name: 'b.png' },
        { id: 4 },
      ],
      annotations,
      categories: [{ id: 3, name: 'opacity' }],
    };
    const { set, faults } = read('coco', JSON.stringify(dataset), context);
    t.strictSame(told(faults), [
      'in:images[2] duplicate',
      'in:images[3] bad-row',
      'in:annotations[1] crowd',
      'in:annotations[2] missing-image',
      'in:annotations[3] unknown-label',
      'in:annotations[4] not-a-box',
      'in:annotations[5] not-a-number',
      'in:annotations[6] outside-film',
    ]);
    t.strictSame(set.films, [], 'films that lost boxes are left out');
    t.end();
  });

  t.test('VIA, with circles and check boxes', (t) => {
    const rect = { name: 'rect', x: 1, y: 2, width: 29, height: 38 };
    const regions = {
      0: { shape_attributes: rect, region_attributes: { label: { opacity: true } } },
      1: { shape_attributes: { name: 'circle', cx: 1, cy: 2, r: 3 }, region_attributes: { label: 'opacity' } },
      2: { shape_attributes: rect, region_attributes: { label: { opacity: true, nodule: true } } },
      3: { shape_attributes: { ...rect, x: '20' }, region_attributes: { label: 'opacity' } },
      4: { shape_attributes: { ...rect, x: 'left' }, region_attributes: { label: 'opacity' } },
    };
    const text = JSON.stringify({
      'a.png123': { filename: 'a.png', size: 123, regions, file_attributes: {} },
      x: { filename: '', regions: [] },
    });
    const { set, faults } = read('via', text, context);
    t.strictSame(told(faults), [
      'in:a.png123.regions.1 not-a-box',
      'in:a.png123.regions.2 no-label',
      'in:a.png123.regions.4 not-a-number',
      'in:x bad-row',
    ]);
    t.strictSame(set.films, [], 'a film that lost boxes is left out');
    t.strictSame(
      drawn('via', text, context).films[0]!.boxes.map(({ box }) => box.x),
      [1, 20],
    );
    t.end();
  });

  t.test('VoTT JSON: tags, polygons, and films that nobody has opened', (t) => {
    const box = { left: 1, top: 2, width: 29, height: 38 };
    const asset = (name: string, state: number) => ({
      name,
      state,
      path: `file:${name}`,
      size: { width: 100, height: 80 },
    });
    const regions = [
      { id: 'r1', type: 'RECTANGLE', tags: ['opacity', 'consolidation'], boundingBox: box },
      {
        id: 'r2',
        type: 'POLYGON',
        tags: ['opacity'],
        points: [
          { x: 5, y: 5 },
          { x: 9, y: 20 },
          { x: 3, y: 7 },
        ],
      },
      { id: 'r3', type: 'RECTANGLE', tags: [], boundingBox: box },
      { id: 'r4', type: 'RECTANGLE', tags: ['opacity'] },
      { id: 'r5', type: 'POINT', tags: ['opacity'], boundingBox: { left: 4, top: 4, width: 0, height: 0 } },
    ];
    const whole = {
      name: 'p',
      tags: [{ name: 'opacity', color: '#fff' }],
      assets: {
        one: { asset: asset('a.png', 2), regions },
        two: { asset: asset('b.png', 0), regions: [] },
        three: { asset: { name: 'c' } },
      },
    };
    const { set, faults } = read('vott-json', JSON.stringify(whole), { images });
    t.strictSame(told(faults), [
      'in:assets.one.regions[2] no-label',
      'in:assets.one.regions[3] not-a-box',
      'in:assets.two not-visited',
      'in:assets.three bad-row',
      'in:assets.one.regions[4] inverted-box',
    ]);
    t.strictSame(set.films, [], 'a film that lost boxes is left out');
    const sound = { ...whole, assets: { one: { asset: asset('a.png', 2), regions: regions.slice(0, 2) } } };
    const kept = read('vott-json', JSON.stringify(sound), { images }).set;
    t.strictSame(essence(kept)[0]!.boxes, [
      { label: 'opacity', edges: [1, 2, 30, 40] },
      { label: 'consolidation', edges: [1, 2, 30, 40] },
      { label: 'opacity', edges: [3, 5, 9, 20] },
    ]);
    const again = JSON.parse(formats['vott-json'].write(kept, {}).files[0]!.text) as typeof whole;
    t.strictSame(
      again.assets.one.regions.map(({ id, tags }) => [id, tags]),
      [
        ['r1', ['opacity', 'consolidation']],
        ['r2', ['opacity']],
      ],
      'tags of one region are together again',
    );
    t.end();
  });
  t.end();
});

t.test('a file in another format than stated is refused, naming its real format', (t) => {
  const examples: Partial<Record<FormatName, string>> = {
    'vott-csv': '"image","xmin","ymin","xmax","ymax","label"\n',
    'vott-json': '{ "name": "p", "assets": {} }',
    yolo: '0 0.5 0.5 0.25 0.25\n',
    'keras-yolo3': 'a film.jpg 1,2,3,4,0\n',
    voc: '<?xml version="1.0"?>\n<annotation verified="yes"></annotation>',
    coco: '{ "images": [], "annotations": [] }',
    via: '{ "_via_settings": {}, "_via_img_metadata": {} }',
    rsna: 'patientId,x,y,width,height,Target\n',
  };
  t.equal(guessFormat(file('films/a.jpg\nfilms/b.jpg\n')), undefined, 'a list of images says nothing about boxes');
  for (const [own, text] of Object.entries(examples)) {
    t.equal(guessFormat(file(text))?.format, own);
    for (const said of writtenFormats) {
      if (said === own || (said === 'csv' && own === 'vott-csv')) continue;
      t.throws(
        () => read(said, text),
        { name: 'FormatError', message: new RegExp(`^in:1: this looks like .*; say --from ${own}$`) },
        `${own} as ${said}`,
      );
    }
  }
  t.end();
});

t.test('broken and hostile files fail fast, with an error that names the line', (t) => {
  t.equal(decodeText(Buffer.from('\uFEFFimage', 'utf16le'), 'in'), 'image', 'as Windows writes it');
  t.throws(() => decodeText(Buffer.from('image\nR\xf6ntgen.png\n', 'latin1'), 'in'), {
    name: 'FormatError',
    message: /^in:2: .*not UTF-8/,
  });
  const refused = (t: Test, format: FormatName, text: string, message: RegExp) => {
    t.throws(() => read(format, text, { classes: ['opacity'] }), { name: 'FormatError', message });
  };
  refused(t, 'coco', '{\n "images": [],\n "annotations": [\n', /^in:4: not JSON/);
  refused(t, 'coco', '[]', /^in:1: .*no JSON object/);
  const deep = (levels: number) =>
    `{"images": [], "annotations": [], "categories": [],\n"info": ${'['.repeat(levels)}"]]\\"]"${']'.repeat(levels)}}`;
  refused(t, 'coco', deep(200_000), /^in:2: .*nested more than 100 deep/);
  refused(t, 'coco', deep(100), /^in:2: .*nested more than 100 deep/);
  t.doesNotThrow(() => read('coco', deep(99)));
  refused(t, 'via', '{ "a": 1 }', /neither a VIA project/);
  refused(t, 'csv', 'image,xmin\n"a.png,1\n', /no column "ymin"|quote/);
  refused(t, 'csv', 'image,xmin,ymin,xmax,ymax,label\na,1,2,3,4,"opacity\n', /^in:2: .*never closed/);
  refused(t, 'csv', '', /empty/);
  refused(t, 'voc', '<annotation>\n<filename>a</name>', /^in:2: not well-formed/);
  refused(t, 'voc', '<html></html>', /<html>, not a VOC/);
  const lols = Array.from({ length: 12 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('');
  refused(
    t,
    'voc',
    `<!DOCTYPE lolz [<!ENTITY l0 "lol">${lols}]><annotation><filename>&l12;</filename></annotation>`,
    /not well-formed/,
  );
  refused(
    t,
    'voc',
    `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><annotation><filename>&x;</filename></annotation>`,
    /not well-formed/,
  );
  refused(t, 'voc', `<annotation>${'<a>'.repeat(100_000)}`, /nested more than 32 deep/);
  // Each took minutes when read by an expression that goes back over what it has read.
  const long = 300_000;
  t.match(read('csv', `image,xmin,ymin,xmax,ymax,label\na,${'9'.repeat(long)}x,2,3,4,opacity\n`).faults, [
    { line: 2, code: 'not-a-number' },
  ]);
  t.match(
    read('keras-yolo3', `a${' '.repeat(long)}b\nc${' 1,2,3,4,0'.repeat(long)} x\n`, { classes: ['opacity'] }).faults,
    [
      { line: 1, code: 'bad-row' },
      { line: 2, code: 'bad-row' },
    ],
  );
  t.end();
});

t.test('films of the same name are told apart by their folders', (t) => {
  const film = (image: string, x: number): AnnotatedFilm => ({
    image,
    size: { width: 10, height: 10 },
    boxes: [{ label: 'opacity', ...boxOfEdges(x, 1, x + 1, 2) }],
  });
  const set = { films: [film('p1/front.png', 1), film('p2/front.png', 2), film('p2/side.png', 3)] };
  for (const format of ['yolo', 'voc'] as const) {
    const files = formats[format]
      .write(set, {})
      .files.map(({ name, text }) => ({ name: `/elsewhere/labels/${name}`, text }));
    const { set: back, faults } = readAnnotations(format, files, imagesOf(set));
    t.strictSame(essence(back), essence(set), format);
    t.strictSame(faults, [], format);
  }
  t.strictSame(
    essence(readBack('voc', set).set),
    [{ ...essence(set)[0] }, { ...essence(set)[1] }, { ...essence(set)[2], image: 'side.png' }],
    'without images, too',
  );
  const [list, classes] = formats['keras-yolo3'].write(set, { imagesFolder: '/elsewhere/films' }).files;
  t.strictSame(
    essence(readAnnotations('keras-yolo3', [list!, classes!], imagesOf(set)).set),
    essence(set),
    'paths of another machine',
  );
  const lost = readAnnotations(
    'yolo',
    [file('opacity\n', 'classes.txt'), file('0 0.5 0.5 0.1 0.1\n', '/labels/p3/front.txt')],
    imagesOf(set),
  );
  t.match(lost.faults, [{ code: 'missing-image', file: '/labels/p3/front.txt' }], 'a folder that neither of them has');
  t.end();
});

t.test('a box at the border of its film survives the rounding of its shares', (t) => {
  for (let width = 100; width < 4000; width += 37) {
    for (const [xmin, xmax] of [
      [0, Math.round(width / 3)],
      [Math.round(0.4 * width), width],
    ] as const) {
      const shares = [(xmin + xmax) / 2 / width, 0.5, (xmax - xmin) / width, 1].map((share) => share.toFixed(6));
      const { set } = readAnnotations('yolo', [file(`0 ${shares.join(' ')}\n`, 'x.txt')], {
        classes: ['opacity'],
        images: indexImages([{ name: 'x.png', size: { width, height: 500 } }]),
      });
      // Without images, as the command that reads the CSV may be told of none.
      const again = readBack('csv', set);
      assert.deepEqual(again.faults, [], `${width}: ${xmin} to ${xmax}`);
      const [left, , right] = edgesOf(again.set.films[0]!.boxes[0]!);
      assert.ok(
        Math.abs(left - xmin) < 0.004 && Math.abs(right - xmax) < 0.004 && left >= 0 && right <= width + 1e-9,
        `${left} to ${right} of ${width}`,
      );
    }
  }
  t.end();
});

t.test('a name is found however its accents are encoded', (t) => {
  const [one, two] = ['Thorax-Übersicht.png'.normalize('NFC'), 'Thorax-Übersicht.png'.normalize('NFD')];
  t.not(one, two);
  for (const [own, written] of [
    [one, two],
    [two, one],
  ] as const)
    t.equal(indexImages([{ name: own }]).find(written)?.name, own);
  t.equal(indexImages([{ name: one }, { name: two }]).find(two)?.name, two, 'of both, the very one');
  t.end();
});

t.test('if class lists differ, none is chosen', (t) => {
  const label = file('0 0.5 0.5 0.1 0.1\n', 'b/x.txt');
  const context = { images: indexImages([{ name: 'x.png', size: { width: 10, height: 10 } }]) };
  const lists = (second: string) => [file('opacity\nnodule\n', 'a/classes.txt'), file(second, 'b/classes.txt'), label];
  t.throws(() => readAnnotations('yolo', lists('nodule\nopacity\n'), context), {
    message: /b\/classes.txt: names other classes than a\/classes.txt.*--classes/,
  });
  t.match(readAnnotations('yolo', lists('opacity\nnodule\n'), context).set.films, [{ boxes: [{ label: 'opacity' }] }]);
  t.throws(() => readAnnotations('yolo', [file('opacity\n\nnodule\n\n', 'classes.txt'), label], context), {
    message: /^classes\.txt:2: a blank line before the class "nodule"/,
  });
  t.end();
});

t.test('extra columns stay in place if files have different ones', (t) => {
  const six = 'image,xmin,ymin,xmax,ymax,label';
  const { set } = readAnnotations(
    'csv',
    [
      file(`${six},reader,date\na.png,1,2,3,4,opacity,anna,monday\n`),
      file(`${six},date,sure\nb.png,1,2,3,4,opacity,tuesday,yes\n`),
    ],
    {},
  );
  t.equal(
    formats.csv.write(set, {}).files[0]?.text,
    `${six},reader,date,sure\na.png,1,2,3,4,opacity,anna,monday,\nb.png,1,2,3,4,opacity,,tuesday,yes\n`,
  );
  t.end();
});

t.test('faults of JSON formats say the line where the value begins', (t) => {
  const place = (format: FormatName, text: string) =>
    read(format, text, { classes: ['opacity'] }).faults.map(({ line, at }) => `${line ?? ''} ${at ?? ''}`);
  const dataset = {
    info: { 'a"b{': ['\\"', '[', 1] },
    images: [{ id: 1, file_name: 'a.png' }],
    annotations: [
      { id: 1, image_id: 1, category_id: 1, bbox: [1, 2, 3, 4] },
      { id: 2, image_id: 1, category_id: 1, bbox: [1, 2, -3, 4] },
      { id: 3, image_id: 2 },
    ],
    categories: [{ id: 1, name: 'opacity' }],
  };
  t.strictSame(place('coco', JSON.stringify(dataset, null, 1)), ['27 annotations[1]', '38 annotations[2]']);
  t.strictSame(place('coco', `\n${JSON.stringify(dataset)}`), ['2 annotations[2]', '2 annotations[1]']);
  const region = (x: number) => ({
    shape_attributes: { name: 'rect', x, y: 1, width: 1, height: 1 },
    region_attributes: { label: 'opacity' },
  });
  for (const regions of [[region(1), region(-1)], { 0: region(1), 1: region(-1) }]) {
    const text = JSON.stringify({ 'a.b.png12': { filename: 'a.b.png', regions } }, null, 1);
    t.strictSame(
      read('via', text).faults.map(({ line }) => line),
      [1 + text.split('\n').findIndex((each) => each.includes('-1')) - 3],
    );
  }
  const assets = { 'x.y': { asset: { name: 'a.png', state: 2 }, regions: [{ id: 'r', tags: [] }] }, z: 1 };
  t.strictSame(place('vott-json', JSON.stringify({ assets }, null, 1)), ['9 assets.x.y.regions[0]', '15 assets.z']);
  t.end();
});

t.test('a token that is not JSON is named, with the right line or none', (t) => {
  const lines = [
    '{',
    ' "images": [],',
    ' "width": NaN,',
    ...Array.from({ length: 50 }, (_, i) => ` "k${i}": ${i},`),
    ' "annotations": []',
    '}',
  ];
  t.throws(() => read('coco', lines.join('\n')), { message: /^in:3: not JSON/ });
  const repeated = Array.from({ length: 5 }, () => '{"same": 1,\n"same": NaN,\n"same": 1}').join('');
  t.throws(() => read('coco', `[${repeated}]`), { message: /^in(:2)?: not JSON/ });
  t.end();
});

t.test("writers refuse what they can't write in full, and say what they leave out", (t) => {
  const film = (image: string, ...labels: string[]): AnnotatedFilm => ({
    image,
    size: { width: 10, height: 10 },
    boxes: labels.map((each) => ({ label: each, ...boxOfEdges(1, 1, 2, 2) })),
  });
  const refusals: [FormatName, AnnotatedFilm[], RegExp][] = [
    ['yolo', [film('a.jpg'), film('a.png')], /a\.txt.*a\.jpg and a\.png/],
    ['yolo', [{ image: 'a.jpg', boxes: film('', 'x').boxes }], /size, which is unknown/],
    ['voc', [film('a.jpg'), film('a.png')], /share this file/],
    ['rsna', [film('a.jpg', 'opacity', 'nodule')], /choose one with --label/],
    ['rsna', [film('x/a.jpg'), film('y/a.jpg')], /would both be called a/],
  ];
  for (const [format, films, message] of refusals)
    t.throws(() => formats[format].write({ films }, {}), { message }, format);
  t.throws(() => formats.yolo.write({ films: [film('a.jpg', 'x')] }, { classes: ['y'] }), FormatError);
  const scored = {
    films: [{ ...film('a.jpg'), boxes: [{ label: 'nodule', ...boxOfEdges(1, 1, 2.5, 2), score: 0.5 }] }],
  };
  for (const format of writtenFormats) {
    const keeps = format === 'coco' || format === 'yolo';
    t.equal(formats[format].write(scored, {}).losses.includes('the score of 1 box'), !keeps, format);
  }
  t.match(formats.rsna.write(scored, {}).losses, [/the label "nodule"/, /score/]);
  t.match(formats['keras-yolo3'].write(scored, {}).losses, [/parts of pixels of 1 box/, /score/]);
  t.match(formats['vott-csv'].write({ films: [film('a.jpg')] }, {}).losses, [/1 film without boxes/]);
  t.match(
    formats['keras-yolo3'].write(
      { films: [{ image: 'a.jpg', boxes: [{ label: 'x', ...boxOfEdges(1.1, 1, 1.2, 2) }] }] },
      {},
    ).losses,
    [/1 box thinner/],
  );
  t.match(formats.rsna.write({ films: [film('a.jpg', 'opacity', 'nodule')] }, { label: 'opacity' }).losses, [
    /1 boxes of other labels/,
  ]);
  t.end();
});
