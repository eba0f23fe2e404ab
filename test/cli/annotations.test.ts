import { copyFile, lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { annotationsCommand } from '../../src/cli/annotations/command.js';
import { readTable } from '../../src/datasets/index.js';
import { outcomeOf } from './runCommand.js';

const example = 'annotations/example';
const vott = join(example, 'vott-csv', 'vott-export.csv');
const images = join(example, 'images');
const films = join(example, 'films.csv');
const folder = t.testdir();
const at = (...names: string[]) => join(folder, ...names);
const text = (path: string) => readFile(path, 'utf8');

const annotations = (...args: string[]) => outcomeOf(annotationsCommand(), args);

t.test('the example is the same in every format', async (t) => {
  const committed = {
    'vott-json': 'vott-json/vott-export.json',
    'keras-yolo3': 'keras-yolo3/data_train.txt',
    coco: 'coco/annotations.json',
    via: 'via/via-project.json',
    rsna: 'rsna/labels.csv',
    yolo: 'yolo',
    voc: 'voc',
  };
  const original = await annotations(
    'convert',
    vott,
    '--from',
    'vott-csv',
    '--to',
    'csv',
    '--images',
    images,
    '--add-negatives',
    '--out',
    at('original.csv'),
  );
  t.match(original, { code: 0, out: '40 films with 38 boxes from vott-csv to csv, no faults\n', err: '' });
  const rows = async (path: string) =>
    readTable(await text(path), path)
      .rows.map(({ cells }) =>
        cells.map((cell) => (/^\d+\.\d+$/.test(cell) ? String(Math.round(Number(cell) * 1000) / 1000) : cell)).join(),
      )
      .sort();
  for (const [format, path] of Object.entries(committed)) {
    const there = at('made', format, format === 'yolo' || format === 'voc' ? '' : (path.split('/')[1] ?? ''));
    t.match(
      await annotations(
        'convert',
        vott,
        '--from',
        'vott-csv',
        '--to',
        format,
        '--images',
        images,
        '--add-negatives',
        '--out',
        there,
      ),
      { code: 0 },
    );
    const names = (await readdir(join(example, format))).sort();
    t.strictSame((await readdir(at('made', format))).sort(), names);
    const differ = [];
    for (const name of names)
      if ((await text(join(example, format, name))) !== (await text(at('made', format, name)))) differ.push(name);
    t.strictSame(differ, [], `${format} comes out as it is committed`);
    t.match(
      await annotations(
        'convert',
        join(example, path),
        '--from',
        format,
        '--to',
        'csv',
        '--images',
        images,
        '--out',
        at('back.csv'),
      ),
      { code: 0 },
    );
    t.strictSame(await rows(at('back.csv')), await rows(at('original.csv')), `${format} and back`);
  }
});

t.test('every fault is listed, the rest is done, and --strict writes nothing', async (t) => {
  const bad = at('bad.csv');
  await writeFile(bad, `${await text(vott)}"drawn-p01-1.jpg",5,5,1,9,"opacity"\n"gone.jpg",1,1,5,5,"opacity"\n`);
  const args = (...more: string[]) =>
    annotations('convert', bad, '--from', 'vott-csv', '--images', images, '--to', 'coco', ...more);
  const listed = await args('--out', at('bad.json'), '--json');
  t.equal(listed.code, 1);
  t.match(JSON.parse(listed.out), {
    films: 27,
    boxes: 37,
    notes: [/^1 film was left out with all boxes, since a box was lost \(above\): drawn-p01-1.jpg$/],
    written: [at('bad.json')],
    unlisted: 12,
    faults: [
      { line: 40, code: 'inverted-box' },
      { line: 41, code: 'missing-image' },
    ],
  });
  t.ok(listed.err.includes(`${bad}:40: inverted-box: xmax 1 is not greater than xmin 5\n${bad}:41: missing-image:`));
  t.match(listed.err, /12 images without annotation are left out; --add-negatives takes them as negative films/);
  t.match(await args('--out', at('strict.json'), '--strict'), { code: 1, err: /nothing was written/ });
  await t.rejects(lstat(at('strict.json')), { code: 'ENOENT' });

  t.match(await annotations('convert', vott, '--from', 'coco', '--to', 'voc', '--out', at('x')), {
    code: 2,
    err: /vott-export\.csv:1: this looks like VoTT CSV export.*say --from vott-csv/,
  });
  t.match(await annotations('convert', vott, '--to', 'voc', '--out', at('guessed')), {
    code: 0,
    err: /assumed to be VoTT CSV export.*--from vott-csv avoids the guess/,
  });
  const given = await text(bad);
  t.match(await annotations('convert', bad, '--from', 'vott-csv', '--to', 'csv', '--out', at('x', '..', 'bad.csv')), {
    code: 2,
    err: /is one of the files to convert/,
  });
  t.match(await annotations('convert', at('guessed'), '--from', 'voc', '--to', 'voc', '--out', at('guessed')), {
    code: 2,
    err: /is one of the files to convert/,
  });
  t.equal(await text(bad), given, 'the rows that the faults name are still there');
  t.match(await annotations('convert', bad, '--from', 'vott-csv', '--to', 'voc', '--out', at('guessed')), { code: 1 });
  await writeFile(at('guessed', 'earlier.xml'), '<annotation/>');
  t.match(
    await annotations('convert', vott, '--from', 'vott-csv', '--to', 'voc', '--out', at('guessed')),
    { code: 0, err: /also has 2 files of that kind/ },
    'gone.xml and earlier.xml',
  );
  t.match(await annotations('convert', images, '--to', 'voc', '--out', at('x')), {
    code: 2,
    err: /looks like none of/,
  });
  t.match(await annotations('convert', at('none.csv'), '--to', 'voc', '--out', at('x')), {
    code: 2,
    err: /no file or folder/,
  });
  t.match(await annotations('convert', vott, '--to', 'png', '--out', at('x')), { code: 2, err: /Allowed choices/ });
  await writeFile(at('nodule.names'), 'nodule\n');
  t.match(
    await annotations(
      'convert',
      vott,
      '--from',
      'vott-csv',
      '--classes',
      at('nodule.names'),
      '--to',
      'csv',
      '--out',
      at('none.csv'),
    ),
    { code: 1, out: /0 films with 0 boxes .* 38 faults: 38 unknown-label/ },
  );
});

t.test('a film is no negative because its row is broken or its file a link', async (t) => {
  const broken = at('broken.csv');
  await writeFile(
    broken,
    `${(await text(vott))
      .split('\n')
      .filter((line) => !line.includes('drawn-p01-1'))
      .join('\n')}"drawn-p01-1.jpg",10,10,50,50\n`,
  );
  const args = (...more: string[]) =>
    annotations(
      'convert',
      broken,
      '--from',
      'vott-csv',
      '--to',
      'csv',
      '--images',
      images,
      '--out',
      at('negatives.csv'),
      ...more,
    );
  t.match(await args('--add-negatives'), {
    code: 2,
    err: /bad-row: 5 cells[^]*1 fault \(above\) name no film, so --add-negatives/,
  });
  await t.rejects(lstat(at('negatives.csv')), { code: 'ENOENT' });
  t.match(await args(), { code: 1 });

  const copies = at('copies');
  for (const name of ['p1/front.jpg', 'p2/front.jpg', 'side.jpg', 'other.jpg']) {
    await mkdir(join(copies, name, '..'), { recursive: true });
    await copyFile(join(images, 'drawn-p01-1.jpg'), join(copies, name));
  }
  await writeFile(
    at('unfound.csv'),
    'image,xmin,ymin,xmax,ymax,label\nfront.jpg,1,2,30,40,opacity\nside.png,1,2,30,40,opacity\n',
  );
  const unfound = await annotations(
    'convert',
    at('unfound.csv'),
    '--from',
    'csv',
    '--to',
    'csv',
    '--images',
    copies,
    '--add-negatives',
    '--out',
    at('unfound-out.csv'),
  );
  t.match(unfound, {
    code: 1,
    out: /^1 film with 0 boxes .* 2 missing-image/,
    err: /3 images are left out, since a fault \(above\) may be about them/,
  });
  t.equal(await text(at('unfound-out.csv')), 'image,xmin,ymin,xmax,ymax,label\nother.jpg,,,,,\n');
  await mkdir(at('unfound-labels'));
  await writeFile(at('unfound-labels', 'classes.txt'), 'opacity\n');
  await writeFile(at('unfound-labels', 'front.txt'), '0 0.5 0.5 0.2 0.2\n');
  const labels = await annotations(
    'convert',
    at('unfound-labels'),
    '--from',
    'yolo',
    '--to',
    'csv',
    '--images',
    copies,
    '--add-negatives',
    '--out',
    at('unfound-out.csv'),
  );
  t.match(labels, { code: 1, out: /^2 films with 0 boxes/, err: /2 images are left out/ });
  const dataset = {
    images: [{ id: 1, file_name: 'side.jpg' }],
    annotations: [{ id: 1, image_id: 2, category_id: 1, bbox: [1, 2, 3, 4] }],
    categories: [{ id: 1, name: 'opacity' }],
  };
  await writeFile(at('unfound.json'), JSON.stringify(dataset));
  t.match(
    await annotations(
      'convert',
      at('unfound.json'),
      '--from',
      'coco',
      '--to',
      'csv',
      '--images',
      copies,
      '--add-negatives',
      '--out',
      at('x.csv'),
    ),
    { code: 2, err: /1 fault \(above\) name no film/ },
  );

  await mkdir(at('linked-labels'));
  for (const name of await readdir(join(example, 'yolo')))
    await symlink(resolve(example, 'yolo', name), at('linked-labels', name));
  t.match(
    await annotations(
      'convert',
      at('linked-labels'),
      '--from',
      'yolo',
      '--to',
      'csv',
      '--images',
      images,
      '--add-negatives',
      '--out',
      at('links.csv'),
    ),
    { code: 0, out: /^40 films with 38 boxes/ },
  );
});

t.test('films of a collection are chosen by their metadata; missing ones are named', async (t) => {
  const metadata = at('metadata.csv');
  await writeFile(
    metadata,
    [
      'filename,finding,view',
      'drawn-p01-1.jpg,COVID-19,PA',
      'drawn-p01-2.jpg,COVID-19,L',
      'drawn-p01-3.jpg,SARS,AP',
      'gone.jpg,SARS,PA',
      '../films.csv,SARS,PA',
      'drawn-p03-1.jpg,No Finding,PA',
      '',
    ].join('\n'),
  );
  const select = (out: string, ...more: string[]) =>
    annotations(
      'select',
      metadata,
      '--images',
      images,
      '--out',
      out,
      '--where',
      'finding=COVID-19',
      '--where',
      'finding=SARS',
      '--where',
      'view!=L',
      ...more,
    );
  const copied = await select(at('copied'));
  t.match(copied, { code: 1, out: /^2 of 4 films that meet the conditions/ });
  t.match(
    copied.err,
    /metadata\.csv:5: missing-image: .*gone\.jpg[^]*metadata\.csv:6: bad-row: \.\.\/films\.csv is outside/,
  );
  t.strictSame((await readdir(at('copied', 'images'))).sort(), ['drawn-p01-1.jpg', 'drawn-p01-3.jpg']);
  t.equal(
    await text(at('copied', 'metadata.csv')),
    'filename,finding,view\ndrawn-p01-1.jpg,COVID-19,PA\ndrawn-p01-3.jpg,SARS,AP\n',
  );
  t.match(await select(at('linked'), '--link'), { code: 1, out: /^2 of 4/ });
  t.ok((await lstat(at('linked', 'images', 'drawn-p01-1.jpg'))).isSymbolicLink());
  t.match(await select(at('linked'), '--link'), { code: 1, out: /^2 of 4/ }, 'once more changes nothing');
  t.match(await annotations('select', metadata, '--images', images, '--out', folder), {
    code: 2,
    err: /its metadata.csv would be replaced/,
  });
  const before = await text(at('copied', 'metadata.csv'));
  t.match(await select(at('copied'), '--where', 'view=Lateral'), {
    code: 2,
    err: new RegExp(
      String.raw`none of 6 rows meets the conditions; finding holds SARS \(3\), COVID-19 \(2\), No Finding \(1\); ` +
        String.raw`view holds PA \(4\), L \(1\), AP \(1\)`,
    ),
  });
  t.equal(await text(at('copied', 'metadata.csv')), before, 'an earlier selection stays');
  t.match(await select(at('x'), '--where', 'finding'), { code: 2, err: /must look like view=PA/ });
  t.match(await select(at('x'), '--where', 'colour=red'), { code: 2, err: /no column "colour"/ });
});

t.test('a split by patient is kept when films are added, and a leak writes nothing', async (t) => {
  const out = at('films.csv');
  const split = (...more: string[]) =>
    annotations('split', vott, '--from', 'vott-csv', '--val', '0.25', '--out', out, ...more);
  const drawn = await split('--films', films, '--seed', '3', '--json');
  t.match(JSON.parse(drawn.out), {
    seed: 3,
    splits: [
      { split: 'train', films: 30 },
      { split: 'val', films: 10, positive: 7 },
      { split: 'test', films: 0 },
    ],
    faults: [],
  });
  const { rows } = readTable(await text(out), out);
  const splits = new Map(rows.map((row) => [row.cell('patient'), row.cell('split')]));
  t.ok(rows.every((row) => row.cell('split') === splits.get(row.cell('patient'))));
  t.match(await split('--images', images, '--patient-pattern', 'p(\\d+)'), { code: 0, out: /^train +30 films/ });
  t.match(await text(out), /^image,patient,split\n/);
  t.match(await split('--images', images, '--patient-pattern', 'p0[1-9]'), {
    code: 1,
    err: /no-patient: nothing says whose film/,
  });
  const subjects = at('subjects.csv');
  await writeFile(subjects, (await text(films)).replace('patient', 'subject'));
  t.match(await split('--films', subjects, '--patient-column', 'subject'), { code: 0 });
  const named = readTable(await text(out), out);
  t.strictSame(named.columns, ['image', 'source', 'subject', 'width', 'height', 'patient', 'split']);
  t.ok(
    named.rows.every((row) => row.cell('patient') !== '' && row.cell('patient') === row.cell('subject')),
    'where everybody who reads it looks for the patient',
  );
  const collection = at('collection.csv');
  await writeFile(collection, (await text(films)).replace('image', 'filename').replace('patient', 'patientid'));
  t.match(
    await split('--films', collection, '--image-column', 'filename', '--patient-column', 'patientid'),
    { code: 0, out: /^train +30 films/ },
    'what select writes of covid-chestxray',
  );
  t.match(
    readTable(await text(out), out).rows[0]?.cell('image'),
    'drawn-p01-1.jpg',
    'where everybody looks for the image',
  );
  t.match(await split('--films', films, '--patient-pattern', 'p0(\\d)'), { code: 1 });
  t.match((await text(out)).split('\n')[1], /^drawn-p01-1\.jpg,drawn,1,/, 'the pattern is what was asked for');
  t.match(await split('--films', out), { code: 2, err: /--out is --films itself/ });
  t.match(await split(), { code: 2, err: /--patient-column.*--patient-pattern/ });
  t.match(await split('--films', films, '--val', '0.6', '--test', '0.5'), { code: 2, err: /nothing to train on/ });

  const given = at('given.csv');
  await writeFile(
    given,
    (await text(films))
      .split('\n')
      .filter((line) => line !== '')
      .map((line, i) => `${line},${i === 0 ? 'split' : i === 1 ? 'val' : i === 2 ? 'train' : ''}`)
      .join('\n'),
  );
  await writeFile(out, 'as it was');
  t.match(await split('--films', given), {
    code: 1,
    err: /given\.csv:2: leak: the patient p01 is in val \(line 2\) and train \(line 3\)/,
  });
  t.equal(await text(out), 'as it was');
  t.match(await split('--films', given, '--redraw'), { code: 0 });
});

t.test('anchors and counts of the example', async (t) => {
  const found = await annotations(
    'anchors',
    vott,
    '--from',
    'vott-csv',
    '--images',
    images,
    '--count',
    '3',
    '--size',
    '320x256',
  );
  t.match(found, {
    code: 0,
    out: /^anchors = \d+,\d+, \d+,\d+, \d+,\d+\n# mean best IoU 0\.[6-9]\d+ over 38 boxes\n$/,
  });
  t.match(
    await annotations('anchors', vott, '--from', 'vott-csv', '--films', films, '--count', '3', '--size', '320x256'),
    { code: 0, out: found.out },
    'sizes come from films.csv as well',
  );
  t.match(await annotations('anchors', vott, '--from', 'vott-csv', '--count', '2'), {
    code: 2,
    err: /no-size.*--images/,
  });
  t.match(await annotations('anchors', vott, '--from', 'vott-csv', '--images', images, '--count', '0'), {
    code: 2,
    err: /must be 1 or more/,
  });
  t.match(await annotations('anchors', vott, '--from', 'vott-csv', '--images', images, '--count', '99'), {
    code: 2,
    err: /99 anchors need as many boxes/,
  });
  const counted = await annotations(
    'stats',
    vott,
    '--from',
    'vott-csv',
    '--films',
    films,
    '--out',
    at('stats.html'),
    '--json',
  );
  t.match(JSON.parse(counted.out), {
    total: { films: 40, positive: 28, boxes: 38, patients: 20 },
    labels: [{ label: 'opacity', boxes: 38 }],
    boxesPerFilm: [12, 18, 10],
  });
  t.match(await text(at('stats.html')), '<svg');
  t.match(await annotations('stats', vott, '--from', 'vott-csv', '--out', at('stats.pdf')), {
    code: 2,
    err: /\.html or \.svg/,
  });
});

t.test('copies of a film in another split are found whatever was done to them, and other films are not', async (t) => {
  const there = at('check');
  await mkdir(there);
  const real = (await readdir('annotations/films')).sort();
  const rows = ['image,patient,split'];
  for (const [i, name] of real.entries()) {
    await copyFile(join('annotations/films', name), join(there, name));
    rows.push(`${name},p${i},train`);
  }
  const [one, two, three, four, five] = real.map((name) => join('annotations/films', name));
  const copies = {
    'small.png': sharp(one).resize(280),
    'compressed.jpg': sharp(two).jpeg({ quality: 15 }),
    'cropped.png': sharp(three).extract({ left: 31, top: 31, width: 962, height: 962 }),
    'toned.webp': sharp(four).linear(0.6, 50).resize(512),
    'negative.png': sharp(five).negate().resize(400, 300, { fit: 'fill' }),
  };
  for (const [name, copy] of Object.entries(copies)) {
    await copy.toFile(join(there, name));
    rows.push(`${name},other,val`);
  }
  await writeFile(at('check.csv'), 'image,xmin,ymin,xmax,ymax,label\n');
  await writeFile(at('check-films.csv'), `${rows.join('\n')}\n`);
  const check = (...more: string[]) =>
    annotations(
      'check',
      at('check.csv'),
      '--from',
      'csv',
      '--films',
      at('check-films.csv'),
      '--images',
      there,
      ...more,
    );
  const found = await check('--json');
  t.equal(found.code, 1);
  const { faults } = JSON.parse(found.out) as { faults: { code: string; image: string; message: string }[] };
  t.strictSame(
    faults.map(({ code, image }) => [code, image]),
    Object.keys(copies).map((name) => ['leak', name]),
  );
  faults.forEach(({ message }, i) => t.ok(message.includes(`the film of line ${i + 2}, ${real[i]}`), message));

  await writeFile(join(there, 'cut.jpg'), (await readFile(one!)).subarray(0, 20_000));
  await writeFile(
    at('check-films.csv'),
    `${rows.slice(0, 6).join('\n')}\ncut.jpg,p9,val\ngone.jpg,p8,val\n${real[0]},p0,train\nsmall.png,p0,val\n`,
  );
  const others = await check();
  t.match(others, { code: 1, out: /5 faults: 1 duplicate, 1 missing-image, 2 leak, 1 broken-image/ });
  await writeFile(at('check-films.csv'), `image,subject,split\n${real[0]},p0,train\n${real[1]},p0,val\n`);
  await writeFile(at('check.csv'), `image,xmin,ymin,xmax,ymax,label\n${real[2]},1,2,3,4,opacity\n`);
  const unknown = await check();
  t.match(
    unknown,
    {
      code: 1,
      out: /1 fault: 1 missing-image/,
      err: /check\.csv:2: missing-image: .* has no row in .*check-films\.csv/,
    },
    'a film that was not compared',
  );
  t.match(unknown.err, /has no column patient: a patient in two splits can't be found/);
  t.match(
    others.err,
    new RegExp(
      String.raw`check-films\.csv:9: duplicate[^]*gone\.jpg[^]*` +
        String.raw`the patient p0 is in train \(line 2\) and val \(line 10\)[^]*cut\.jpg can't be decoded`,
    ),
  );
});
