import { CompiledQuery, sql } from 'kysely';
import t from 'tap';
import { openDatabase } from '../../src/database/index.js';
import { onEachBackend } from '../backends.js';

onEachBackend(t, async (t, backend) => {
  const database = await openDatabase({ at: await backend.place(), migrate: false });
  const { kysely } = database;
  const count = async () => (await sql<{ n: number }>`select count(*)::int as n from several`.execute(kysely)).rows;

  await t.test('a text without parameters may hold several statements, a transaction among them', async (t) => {
    await kysely.executeQuery(
      CompiledQuery.raw(`begin; create table several (text text); insert into several values ('a;b'), ('c'); commit;`),
    );
    t.same(await count(), [{ n: 2 }]);
  });

  await t.test(
    'if one of them fails, none of a transaction stays, and the session is usable after a rollback',
    async (t) => {
      await kysely.connection().execute(async (session) => {
        const text = `begin; insert into several values ('d'); select 1 / 0; commit;`;
        await t.rejects(session.executeQuery(CompiledQuery.raw(text)), { message: /division by zero/ });
        await session.executeQuery(CompiledQuery.raw('rollback'));
      });
      t.same(await count(), [{ n: 2 }]);
    },
  );

  await t.test('a semicolon in a text makes no second statement', async (t) => {
    const { rows } = await sql<{ said: string }>`select 'a; b' as said`.execute(kysely);
    t.same(rows, [{ said: 'a; b' }]);
  });
  await database.close();
});
