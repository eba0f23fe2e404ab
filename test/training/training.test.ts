import { spawnSync } from 'node:child_process';
import t from 'tap';
import { python, skip } from './pytorch.js';

t.test(
  'training, comparison and conversion of weights hold what their tests promise (training/test)',
  { skip },
  (t) => {
    const { status, stderr } = spawnSync(python, ['-m', 'unittest', 'discover', '-s', 'training/test'], {
      encoding: 'utf8',
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    // unittest reports on stderr; without the count a discovery that found nothing would pass.
    t.match(stderr, /Ran ([6-9][0-9]|[1-9][0-9]{2}) tests/);
    t.equal(status, 0, stderr);
    t.end();
  },
);
