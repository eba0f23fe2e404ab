import { cp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import t from 'tap';
import { detectCommand } from '../../src/cli/detect/command.js';
import { findFilms } from '../../src/cli/detect/films.js';
import { outcomeOf } from './runCommand.js';

const folder = join(import.meta.dirname, 'broken', 'folder-of-other-names');

t.test('in a folder the first bytes say what is a film, whatever it is called', async (t) => {
  const { films, passedOver } = await findFilms([folder]);
  t.strictSame(
    films.map(({ name }) => name),
    ['saved-by-apache.jpe', 'saved-by-windows.jfif', 'without-an-ending'],
  );
  t.strictSame(
    passedOver.map(({ path, isImage }) => [basename(path), isImage]),
    [
      ['bitmap.bmp', true],
      ['heic-of-a-phone.heic', true],
      ['jpeg-2000.jp2', true],
      ['notes.txt', false],
    ],
  );
  for (const { path, reason } of passedOver) t.match(reason, /it looks like (BMP|HEIF|JPEG 2000|text)/, path);
});

t.test('a folder with no film, or with images that are not read, does not end well', async (t) => {
  const folders = t.testdir({ bitmaps: {}, texts: { 'notes.txt': 'of the reader' }, empty: {} });
  await cp(join(folder, 'bitmap.bmp'), join(folders, 'bitmaps', 'bitmap.bmp'));
  for (const name of ['bitmaps', 'texts', 'empty']) {
    const { code } = await outcomeOf(detectCommand(), [join(folders, name), '--model', 'cxr-opacity']);
    t.not(code, 0, name);
  }
});
