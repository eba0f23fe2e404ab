import t from 'tap';
import { evaluate, evaluationPage } from '../../src/evaluation/index.js';
import { four, results } from './films.js';

const few = { resamples: 50, seed: 1 };

t.test('the page is self-contained and shows names as text', (t) => {
  const named = results(
    four.map((each, patient) => ({ ...each, patient, source: patient < 2 ? '<script>alert(1)</script>' : 'b' })),
  );
  const training = {
    columns: ['epoch', 'images', 'seconds', 'box', 'ap40', 'ap40_a-set', 'auc_attribute0'],
    rows: [
      { epoch: 1, images: 1000, seconds: 3, box: 5, ap40: NaN },
      { epoch: 2, images: 2000, seconds: 6, box: 3, ap40: 0.4, 'ap40_a-set': 0.5, auc_attribute0: 0.8 },
    ],
  };
  const page = evaluationPage(evaluate(named, few), named, { training, pictures: null });
  t.notMatch(page, /<script/);
  t.match(page, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
  t.notMatch(page, /(?:src|href)="(?!data:)/, 'no other file');
  t.notMatch(page, /NaN|undefined|Infinity/);
  for (const title of [
    'Precision and recall of boxes at IoU 0.4',
    'FROC',
    'ROC of films',
    'Reliability of box scores',
    'Film scores',
    'Box scores',
    'Parts of the loss',
    'AP at IoU .4, on validation films',
    'a-set',
    'AUC of the first attribute, on',
  ]) {
    t.ok(page.includes(title), title);
  }
  t.notMatch(page, /Worst/, 'no films');
  t.end();
});
