import type { KeySource } from './auth/index.js';
import type { Config } from './config.js';

/** Where the signing secrets come from, according to the settings. */
export function keySource({ JWT_SECRET, DATA_DIR, previousJwtSecrets }: Config): KeySource {
  return { ...(JWT_SECRET === '' ? { dataDir: DATA_DIR } : { jwtSecret: JWT_SECRET }), previousJwtSecrets };
}
