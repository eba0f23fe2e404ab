import t from 'tap';
import { QueryTooSlow } from '../../src/database/index.js';
import { memoryLog, testService } from './fakes.js';

t.test('a question that takes too long is answered so, and not that the log is away', async (t) => {
  const slow = (): Promise<never> => Promise.reject(new QueryTooSlow('statement_timeout'));
  async function* slowStream(): AsyncGenerator<never, void> {
    yield await slow();
  }
  const log = { ...memoryLog(), list: slow, count: slow, statistics: slow, following: slow, stream: slowStream };
  const { app, as } = testService({ dependencies: { log } });
  t.teardown(() => app.close());
  const headers = await as('operator');
  for (const path of [
    'detections',
    'detections?class=opacity&sort=-filmScore',
    'detections?after=0',
    'statistics',
    'statistics/volume.svg',
    'detection-exports?format=csv',
    'detection-exports?format=ndjson',
    'detection-exports?format=coco',
  ]) {
    const answer = await app.inject({ url: `/v1/${path}`, headers });
    t.equal(answer.statusCode, 503, path);
    t.match(answer.json(), { code: 'query-too-slow' }, path);
  }
  const counted = testService({ dependencies: { log: { ...memoryLog(), count: slow } } });
  t.teardown(() => counted.app.close());
  const answer = await counted.app.inject({ url: '/v1/detections?count=true', headers: await counted.as('operator') });
  t.match(answer.json(), { code: 'query-too-slow' });
});
