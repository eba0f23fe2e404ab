import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { assertOnnxHash, type ModelSpec, ModelSpecError } from '../detector/index.js';
import { parseModelSpec } from '../detector/parseModelSpec.js';
import { findGate, gates } from '../gate/index.js';
import { messageOf } from '../messageOf.js';
import { unlessMissing } from '../fileErrors.js';
import { sha256OfFile } from '../sha256OfFile.js';
import { type RegisteredModel, RegistryError } from './model.js';

/**
 * Reads and verifies `<folder>/model.json` and `<folder>/model.onnx`.
 *
 * @throws RegistryError if a file is missing, is not JSON, or does not belong in this folder; if the spec itself is
 * wrong, `cause` is a ModelSpecError that names the field
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
    specSha256: hash('sha256', specText),
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
    throw new RegistryError(`${path} is not JSON: ${messageOf(cause)}`, {
      cause,
    });
  }
  try {
    return parseModelSpec(value);
  } catch (cause) {
    throw new RegistryError(`${folder}: ${messageOf(cause)}`, { cause });
  }
}

function assertFolder(spec: ModelSpec, folder: string): void {
  const name = basename(folder);
  if (spec.name !== name)
    throw new ModelSpecError('/name', `"${spec.name}" is in a folder called "${name}"; both must be the same`);
}

/** A model that needs a gate must not be served without it. */
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
    throw new RegistryError(`${path} can't be read: ${messageOf(cause)}`, {
      cause,
    });
  });
  assertOnnxHash(spec, found);
}

/** @throws RegistryError if it is not UTF-8: class names with a damaged letter could become equal */
async function readIfThere(path: string): Promise<string | null> {
  const bytes = await readFile(path).catch(unlessMissing);
  if (bytes === undefined) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new RegistryError(`${path} is not UTF-8 text`, { cause });
  }
}

/**
 * The same text for the same value, so that a hash doesn't depend on who wrote the file: object keys in code-unit
 * order, no white space, numbers and strings as JSON.stringify writes them (RFC 8785, except for integer keys, which no
 * spec has).
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (isRecord(inner) ? sorted(inner) : inner));
}

function sorted(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(record)
      .sort()
      .map((key) => [key, record[key]]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
