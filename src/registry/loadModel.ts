import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type ModelSpec, ModelSpecError } from '../detector/index.js';
import { parseModelSpec } from '../detector/parseModelSpec.js';
import { findGate, gates } from '../gate/index.js';
import { assertOnnxHash } from './assertOnnxHash.js';
import { canonicalJson } from './canonicalJson.js';
import { RegistryError } from './registryError.js';
import type { RegisteredModel } from './model.js';

/**
 * Reads and verifies `<folder>/model.json` and `<folder>/model.onnx`.
 *
 * @throws RegistryError where a file is missing, is no JSON, or does not belong to this folder; `cause` is a
 * ModelSpecError (it names the field) where the spec itself is wrong
 */
export async function loadModel(folder: string): Promise<RegisteredModel> {
  const absolute = resolve(folder);
  const onnxPath = join(absolute, 'model.onnx');
  const spec = await readSpec(absolute);
  try {
    assertFolder(spec, absolute);
    assertGate(spec);
    await assertOnnx(spec, onnxPath);
  } catch (error) {
    if (error instanceof ModelSpecError) throw new RegistryError(`${absolute}: ${error.message}`, { cause: error });
    throw error;
  }
  const specText = canonicalJson(spec);
  return {
    spec,
    specText,
    specSha256: createHash('sha256').update(specText).digest('hex'),
    folder: absolute,
    onnxPath,
    card: await readIfThere(join(absolute, 'CARD.md')),
  };
}

async function readSpec(folder: string): Promise<ModelSpec> {
  const path = join(folder, 'model.json');
  const text = await readIfThere(path);
  if (text === null) throw new RegistryError(`${folder} holds no model.json`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new RegistryError(`${path} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  try {
    return parseModelSpec(value);
  } catch (cause) {
    throw new RegistryError(`${folder}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function assertFolder(spec: ModelSpec, folder: string): void {
  const name = basename(folder);
  if (spec.name !== name)
    throw new ModelSpecError('/name', `"${spec.name}" lies in a folder called "${name}"; both must be the same`);
}

/** A model that wants a gate must not be served without it. */
function assertGate({ inputGate }: ModelSpec): void {
  if (inputGate === 'none' || findGate(inputGate) !== undefined) return;
  const known = gates.map(({ name, version }) => `"${name}" ${version}`).join(', ');
  throw new ModelSpecError(
    '/inputGate',
    `there is no gate "${inputGate.name}" ${inputGate.version} in this version of the service, which has ${known}`,
  );
}

async function assertOnnx(spec: ModelSpec, path: string): Promise<void> {
  const found = await sha256OfFile(path).catch((cause: unknown) => {
    throw new RegistryError(`${path} can't be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  });
  assertOnnxHash(spec, found);
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
