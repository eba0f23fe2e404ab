import { CompiledQuery } from 'kysely';
import type { Database } from '../../database/index.js';

/**
 * How pg-boss reaches the log's own database, whichever it is. Some of its commands are whole transactions in one text
 * (`begin; …; commit;`): if one fails halfway, it is rolled back before its session serves others.
 */
export function executeSqlOn({ kysely }: Pick<Database, 'kysely'>) {
  return (text: string, values: readonly unknown[] = []): Promise<{ rows: Record<string, unknown>[] }> =>
    kysely.connection().execute(async (session) => {
      try {
        const { rows } = await session.executeQuery<Record<string, unknown>>(CompiledQuery.raw(text, [...values]));
        // Several statements have several results, which nobody asks for.
        return { rows: Array.isArray(rows) ? rows : [] };
      } catch (error) {
        if (/\bbegin\s*;/i.test(text)) await session.executeQuery(CompiledQuery.raw('rollback'));
        throw error;
      }
    });
}
