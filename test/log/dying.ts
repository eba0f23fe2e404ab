// A command line that is killed in the middle of a transaction on the running service.
const [dataDir] = process.argv.slice(2);
if (dataDir === undefined) throw new Error('which folder?');
const database = await openDatabase({ at: { dataDir }, forward: true });
if (!database.forwarded) throw new Error('nobody holds the folder');
await database.kysely.transaction().execute(async (trx) => {
  await trx
    .insertInto('audit_events')
    .values({ code: 'never-happened', actor: null, request_id: null, size_bytes: null, sha256: null, detail: null })
    .execute();
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => undefined);
});
import { openDatabase } from '../../src/database/index.js';
