import t from 'tap';
import type { Model } from '../../src/viewer/api/answers.js';
import { createServedModels } from '../../src/viewer/app/servedModels.js';
import { modelsText } from '../../src/viewer/app/modelsText.js';

const model = (name: string, version: string, licence: string, isDefault = false): Model => ({
  name,
  version,
  licence,
  default: isDefault,
  threshold: 0.3,
  classes: [],
  intendedUse: '',
  lookedFor: [],
  notice: '',
  provider: 'cpu',
  specSha256: '',
  onnxSha256: '',
});
const first = model('cxr', '1.0.0', 'Apache-2.0', true);
const other = model('cxr-nc', '1.0.0', 'CC-BY-NC-4.0');
const site = { model: { ...first, candidateFloor: 0.05 } };

t.test('the default model is known at once, the others are asked for once', async (t) => {
  let asked = 0;
  const models = createServedModels(
    {
      models: () => {
        asked++;
        return Promise.resolve([other, first]);
      },
    },
    site,
  );
  t.equal((await models.find(first))?.licence, 'Apache-2.0');
  t.equal(asked, 0);
  t.equal((await models.find(other))?.licence, 'CC-BY-NC-4.0');
  t.equal((await models.find(other))?.licence, 'CC-BY-NC-4.0');
  t.equal(asked, 1);
});

t.test('another version is another model: its licence may be another', async (t) => {
  let served: readonly Model[] = [first];
  let asked = 0;
  const models = createServedModels(
    {
      models: () => {
        asked++;
        return Promise.resolve(served);
      },
    },
    site,
  );
  await models.all();
  served = [first, other];
  t.equal((await models.find(other))?.licence, 'CC-BY-NC-4.0', 'a service that was started anew has others');
  t.equal(await models.find({ name: 'cxr', version: '0.9.0' }), undefined);
  t.equal(await models.find({ name: 'cxr', version: '0.9.0' }), undefined);
  t.equal(asked, 3, 'at the start, and once for each that was not known');
});

t.test('a failed request is made again', async (t) => {
  let fails = true;
  const models = createServedModels(
    { models: () => (fails ? Promise.reject(new Error('away')) : Promise.resolve([first, other])) },
    site,
  );
  await t.rejects(models.find(other), /away/);
  fails = false;
  t.equal((await models.find(other))?.licence, 'CC-BY-NC-4.0');
});

t.test('the foot of the page names every model with its own licence', (t) => {
  t.equal(modelsText([first]), 'Model cxr 1.0.0, licence Apache-2.0');
  t.equal(modelsText([other, first]), 'Models cxr 1.0.0 (default, Apache-2.0), cxr-nc 1.0.0 (CC-BY-NC-4.0)');
  t.end();
});
