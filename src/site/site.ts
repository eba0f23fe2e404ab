import type { Database } from '../database/index.js';

/** What operators set while the service runs; the same on every replica. */
export interface SiteSettings {
  /** Whether people may ask for an account themselves. */
  readonly signUp: boolean;
}

/** Both methods throw DatabaseUnavailable if the database is away. */
export interface Site {
  read(): Promise<SiteSettings>;
  change(settings: SiteSettings): Promise<SiteSettings>;
}

export function createSite({ kysely: db }: Pick<Database, 'kysely'>): Site {
  return {
    async read() {
      const { sign_up } = await db.selectFrom('site_settings').select('sign_up').executeTakeFirstOrThrow();
      return { signUp: sign_up };
    },
    async change({ signUp }) {
      await db.updateTable('site_settings').set({ sign_up: signUp }).execute();
      return { signUp };
    },
  };
}
