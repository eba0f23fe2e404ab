import t from 'tap';
import { readClassNames } from '../../src/classNames/index.js';

const names = (text: string) => readClassNames(text).names.map(({ name }) => name);
const refused = (text: string) => {
  try {
    return names(text);
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
};

t.test('class names are lines, or the names of a YAML or JSON file', (t) => {
  t.strictSame(names('\uFEFFopacity\r\npleural effusion\n\n <b>\n'), ['opacity', 'pleural effusion', '<b>']);
  t.strictSame(names("train: ../train/images\nval: ../valid/images\n\nnc: 2\nnames: ['b', 'z']\n"), ['b', 'z']);
  t.strictSame(names('names:\n  0: b\n  1: z\nnc: 2\n'), ['b', 'z']);
  t.strictSame(names('names:\n  1: z\n  0: b\n'), ['b', 'z'], 'by number, not by line');
  t.strictSame(names('nc: 3\nnames:\n- no\n- 1.0\n- "a # b"\n'), ['no', '1.0', 'a # b'], 'as they are written');
  t.strictSame(names('{"names": ["a", "b"]}'), ['a', 'b']);
  t.strictSame(names("['a', 'b']\n"), ['a', 'b']);
  t.strictSame(names('"names":\n  "0": \'b\'\n  \'1\': "z"\n'), ['b', 'z'], 'keys and names in quotes');
  t.strictSame(names('lesions: &all [b, &z z]\nnames: *all\n'), ['b', 'z'], 'a list that stands elsewhere');
  t.strictSame(names('first: &b b\nnames: [*b, z]\n'), ['b', 'z'], 'a name that stands elsewhere');
  t.strictSame(names('pleural effusion, left\nmass\n'), ['pleural effusion, left', 'mass'], 'a comma in a name');
  t.strictSame(readClassNames('names:\n  - a\n  - b\n').names[1], { name: 'b', line: 3 });
  t.end();
});

t.test('what is no list of names is refused, and the message names the way on', (t) => {
  t.match(
    refused('train: ../train/images\nval: ../valid/images\n'),
    /"train: .*" is a setting.*"names" at its top level/,
  );
  t.match(refused('classes = 2\ntrain = train.txt\nnames = data/obj.names\n'), /darknet \.data .* data\/obj\.names/);
  t.match(refused('classes= 2\n'), /is a setting/);
  t.match(refused('- a\n- b\n'), /item of a YAML list/);
  t.match(refused('0: b\n1: z\n'), /is a setting/);
  t.match(refused('0 b\n1 z\n'), /the lines are numbered/);
  t.match(refused('b,0\nz,1\n'), /the lines are numbered/);
  t.match(refused('id,name\n0,b\n1,z\n'), /"id,name" is a line of a table/);
  t.match(refused('b\t0\nz\t1\n'), /is a line of a table/);
  t.match(refused('# our classes\nb\nz\n'), /"# our classes" looks like a comment/);
  t.match(refused('dataset:\n  names: [b, z]\n'), /"dataset:" is a setting/);
  t.match(refused('base: &base\n  names: [b, z]\n<<: *base\n'), /"names" at its top level/);
  t.match(refused('names: *all\n'), /./);
  t.match(refused('item {\n  id: 1\n'), /is not a class name/);
  t.match(refused('nc: 3\nnames: [a, b]\n'), /nc is 3, but "names" holds 2/);
  t.match(refused('names:\n  0: a\n  2: b\n'), /numbered from 0 to 1 without gaps/);
  t.match(refused('names: opacity\n'), /must be a list of names/);
  t.match(refused('names: [a, , b]\n'), /./);
  t.match(refused('names: [a\n'), /not YAML/);
  t.match(refused('names: [a]\n---\nnames: [b]\n'), /one document/);
  t.end();
});
