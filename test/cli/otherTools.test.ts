import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { annotationsCommand } from '../../src/cli/annotations/command.js';
import { outcomeOf } from './runCommand.js';

// Files as other tools write them, handed to the commands without --from.
const tools = join(import.meta.dirname, '..', 'datasets', 'tools');
const folder = t.testdir();
const images = join(folder, 'images');
const films = join(folder, 'films.csv');
const annotations = (...args: string[]) => outcomeOf(annotationsCommand(), args);

t.before(async () => {
  await mkdir(images);
  const film = await sharp({ create: { width: 200, height: 100, channels: 3, background: '#555' } })
    .jpeg()
    .toBuffer();
  for (const name of ['a.jpg', 'b.jpg', 'c d.jpg', 'e.jpg']) await writeFile(join(images, name), film);
  await writeFile(films, 'image,patient,split\na.jpg,1,train\nb.jpg,2,train\nc d.jpg,3,train\ne.jpg,4,train\n');
});

const read: readonly (readonly [string, string, string])[] = [
  ['label-studio.json', 'a.jpg,20,20,71,60,opacity\nb.jpg,,,,,\n', 'Label Studio JSON'],
  ['label-studio-min.json', 'a.jpg,20,20,71,60,opacity\nb.jpg,,,,,\n', 'Label Studio JSON'],
  [
    'cvat-images.xml',
    'a.jpg,10.5,20,61.25,60,opacity\na.jpg,90,10,120.5,50,nodule\na.jpg,5,6,12,14,nodule\nb.jpg,,,,,\n',
    'CVAT for images',
  ],
  [
    'labelme.json',
    'a.jpg,10.5,20,61.5,60,opacity\na.jpg,90,10,120,50,nodule\n' + 'a.jpg,45,45,55,55,nodule\n',
    'labelme JSON',
  ],
  ['createml.json', 'a.jpg,10.5,20,61.5,60,opacity\nb.jpg,,,,,\n', 'Create ML JSON'],
  ['retinanet.csv', 'a.jpg,10,20,61,60,opacity\na.jpg,1,2,30,40,nodule\nb.jpg,,,,,\n', 'RetinaNet CSV'],
]; // prettier-ignore

t.test('convert, stats and check take the files of other tools without being told what they are', async (t) => {
  for (const [name, rows, title] of read) {
    const out = join(folder, `${name}.csv`);
    const converted = await annotations('convert', join(tools, name), '--images', images, '--to', 'csv', '--out', out);
    t.match(converted.err, `assumed to be ${title}`, name);
    t.equal(await readFile(out, 'utf8'), `image,xmin,ymin,xmax,ymax,label\n${rows}`, name);
    t.match(await annotations('stats', join(tools, name), '--images', images), { out: /opacity +1 +1/ }, name);
    const checked = await annotations('check', join(tools, name), '--images', images, '--films', films);
    t.match(checked.out, /^4 films, 4 compared/, name);
  }
});

t.test('what is not read is refused by its name, with what to do', async (t) => {
  const out = join(folder, 'none.csv');
  const convert = (name: string, ...more: string[]) =>
    annotations('convert', join(tools, name), '--images', images, '--to', 'csv', '--out', out, ...more);
  t.match(await convert('siim-study-level.csv'), { code: 2, err: /study-level CSV .* give train_image_level.csv/ });
  t.match(await convert('siim-study-level.csv', '--from', 'csv'), { code: 2, err: /give train_image_level.csv/ });
  t.match(await convert('cvat-video-tracks.xml'), { code: 2, err: /tracks of a video .* "CVAT for images 1.1"/ });
  t.match(await convert('createml.json', '--to', 'cvat'), { code: 2, err: /--to/ }, 'nor is it written');
});

t.test('a film with a broken box is no negative in split, in stats, or with images that nobody named', async (t) => {
  const broken = join(folder, 'broken.csv');
  await writeFile(broken, 'image,xmin,ymin,xmax,ymax,label\na.jpg,1,2,3000,40,b\nb.jpg,1,2,30,40,b\n');
  const out = join(folder, 'split.csv');
  const splitWith = (...more: string[]) =>
    annotations('split', broken, '--images', images, '--out', out, '--patient-pattern', '^.', ...more);
  for (const more of [['--films', films], []]) {
    const found = await splitWith(...more);
    t.match(found, { code: 1, err: /outside-film.*\n[^]*1 film is left out, since a fault \(above\) may be about it/ });
    t.notMatch(await readFile(out, 'utf8'), /^a\.jpg/m, 'a.jpg has a box that was lost');
    t.match(await readFile(out, 'utf8'), /^e\.jpg/m);
  }
  const stats = await annotations('stats', broken, '--images', images, '--films', films, '--json');
  t.match(JSON.parse(stats.out), { total: { films: 3, positive: 1 } });
  t.match(stats.err, /1 film is left out/);

  await writeFile(broken, 'image,xmin,ymin,xmax,ymax,label\n,1,2,30,40,b\nb.jpg,1,2,30,40,b\n');
  await splitWith('--films', films);
  t.notMatch(await readFile(out, 'utf8'), /^(a|c d|e)\.jpg/m, 'a box without a film may be of any film without boxes');
  t.match(await readFile(out, 'utf8'), /^b\.jpg/m);
});
