import type { Kysely } from 'kysely';
import type { Tables } from '../database/index.js';
import { ModelConflict } from './entry.js';

interface LoadedModel {
  readonly name: string;
  readonly version: string;
  readonly specSha256: string;
  readonly onnxSha256: string;
  readonly specText: string;
}

/**
 * Stores a spec by its hash; rows point to it. Throws ModelConflict if this name and version has another spec.
 */
export async function rememberModel(
  db: Kysely<Tables>,
  { name, version, specSha256, onnxSha256, specText }: LoadedModel,
): Promise<void> {
  await db
    .insertInto('models')
    .values({ name, version, spec_sha256: specSha256, onnx_sha256: onnxSha256, spec: specText })
    .onConflict((oc) => oc.doNothing())
    .execute();
  const known = await db
    .selectFrom('models')
    .select('spec_sha256')
    .where('name', '=', name)
    .where('version', '=', version)
    .executeTakeFirst();
  if (known?.spec_sha256 !== specSha256) {
    throw new ModelConflict(
      `${name} ${version} is in the log with another spec (${known?.spec_sha256 ?? 'under another name'}): ` +
        'raise the version',
    );
  }
}
