import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ModelSpec } from '../../detector/index.js';
import { parseModelSpec } from '../../detector/parseModelSpec.js';
import type { Recommendation } from '../../evaluation/index.js';
import type { RegisteredModel } from '../../registry/index.js';
import { replaceFile } from '../replaceFile.js';

/**
 * Writes calibration and threshold into model.json and raises the last number of its version: the same name and version with another
 * spec would be refused. Gives the new version, or undefined where nothing changed.
 */
export async function writeSpec(
  { spec, folder }: RegisteredModel,
  { calibration, threshold }: Recommendation,
): Promise<string | undefined> {
  const changed: ModelSpec = { ...spec, calibration, threshold };
  if (isDeepStrictEqual(changed, spec)) return undefined;
  const raised = parseModelSpec({ ...changed, version: raisedVersion(spec.version) });
  await replaceFile(join(folder, 'model.json'), `${JSON.stringify(raised, null, 2)}\n`);
  return raised.version;
}

/** 1.0.9 → 1.0.10; what is before a release (1.1.0-rc.1) becomes that release. */
export function raisedVersion(version: string): string {
  const [, major = '', minor = '', patch = '', before] = /^(\d+)\.(\d+)\.(\d+)(-.+)?$/.exec(version) ?? [];
  return `${major}.${minor}.${before === undefined ? Number(patch) + 1 : patch}`;
}
