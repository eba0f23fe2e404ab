import t from 'tap';
import { loadRegistry } from '../src/registry/index.js';
import { modelLines } from '../src/runService.js';
import { registryOptions } from '../src/service.js';

t.test('what is served is said with its licence, the default first', async (t) => {
  t.strictSame(modelLines(await loadRegistry(registryOptions({ MODELS_DIR: 'models', MODEL: '' }))), [
    'cxr-opacity 1.3.0, licence Apache-2.0',
    'cxr-opacity-nc 1.3.0, licence CC-BY-NC-4.0: NOT FOR COMMERCIAL USE (for films that name it)',
  ]);
  const [first] = modelLines(await loadRegistry(registryOptions({ MODELS_DIR: 'models', MODEL: 'cxr-opacity-nc' })));
  t.match(first, /^cxr-opacity-nc .*NOT FOR COMMERCIAL USE$/, 'as a default, too');
});
