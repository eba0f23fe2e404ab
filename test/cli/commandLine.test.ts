import t from 'tap';
import { commandLine } from '../../src/cli/evaluate/options.js';

t.test('the command in a results file can be pasted into a shell: with its models, class list and quotes', (t) => {
  const choices = {
    models: 'runs/models',
    images: ['a b', 'c'],
    annotations: ['x', 'y'],
    films: [],
    set: ["it's", 'other'],
    from: 'yolo' as const,
    classes: 'classes.txt',
    split: 'val',
  };
  t.equal(
    commandLine(choices, 'mine'),
    "npm run -s cli -- evaluate --models runs/models --model mine --images 'a b' --annotations x --set 'it'\\''s' " +
      '--images c --annotations y --set other --from yolo --classes classes.txt --split val --out report',
  );
  t.end();
});
