import { openDatabase } from '../../src/database/index.js';
import { createDetectionLog } from '../../src/log/index.js';
import { entry, model } from './entries.js';

// A service that logs one film after another and tells its parent of each row that it was promised, until it is killed.
const [dataDir] = process.argv.slice(2);
if (dataDir === undefined) throw new Error('which folder?');
const log = createDetectionLog(await openDatabase({ at: { dataDir } }));
await log.rememberModel(model);
for (;;) {
  const one = entry();
  await log.append(one);
  process.send?.({ id: one.report.id, reportText: one.reportText });
}
