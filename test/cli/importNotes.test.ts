import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { modelCommand } from '../../src/cli/model/command.js';
import { fixtures, referenceFile } from '../weights/references.js';
import { outcomeOf } from './runCommand.js';

t.test('an import without a window says what becomes of 12 bits in a 16-bit film', async (t) => {
  const folder = t.testdir();
  for (const suffix of ['cfg', 'weights', 'names'])
    await writeFile(join(folder, suffix), referenceFile(fixtures, `yoloface-50k/yoloface-50k.${suffix}`)!);
  const files = ['cfg', 'weights'].flatMap((suffix) => [`--${suffix}`, join(folder, suffix)]);
  const named = (name: string) => ['import', '--name', name, '--classes', join(folder, 'names'), ...files];
  const plain = await outcomeOf(modelCommand(), [...named('plain'), '--out', folder]);
  t.match(plain, { code: 0, err: /no window: a 16-bit film is taken as 0 to 65535.*--window 1,99/ });
});
