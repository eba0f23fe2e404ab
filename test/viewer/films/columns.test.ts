import t from 'tap';
import type { Model } from '../../../src/viewer/api/index.js';
import { columnsFor } from '../../../src/viewer/films/columns.js';
import { defaultFirst, findsText } from '../../../src/viewer/app/modelsText.js';

const model = (...classes: readonly (readonly [string, 'lesion' | 'attribute'])[]): Model => ({
  name: 'm',
  version: '1',
  licence: 'Apache-2.0',
  default: false,
  threshold: 0.3,
  intendedUse: '',
  lookedFor: [],
  notice: '',
  provider: 'cpu',
  specSha256: '',
  onnxSha256: '',
  classes: classes.map(([title, role]) => ({ name: title.toLowerCase(), title, colour: '#fff', role })),
});
const opacity = model(['Lung opacity', 'lesion'], ['Typical appearance', 'attribute']);
const many = model(['Nodule', 'lesion'], ['Effusion', 'lesion']);

t.test('readers see whose film it is; operators never have the columns for it', (t) => {
  t.ok(['patient', 'study'].every((name) => columnsFor(false, undefined).some((column) => column === name)));
  t.notOk(columnsFor(true, undefined).some((column) => column === 'patient' || column === 'study'));
  t.ok(columnsFor(true, undefined).includes('act'));
  t.end();
});

t.test('the class has a column if a model has several', (t) => {
  t.notOk(columnsFor(false, [opacity]).includes('class'), 'an attribute is no class of boxes');
  t.ok(columnsFor(false, [opacity, many]).includes('class'));
  t.end();
});

t.test('a model is chosen by what it finds', (t) => {
  t.equal(findsText(many), 'Nodule, Effusion');
  t.equal(findsText(opacity), 'Lung opacity with typical appearance');
  t.equal(defaultFirst([many, { ...opacity, default: true }])[0]?.classes, opacity.classes);
  t.end();
});
