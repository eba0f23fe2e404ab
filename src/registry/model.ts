import type { ModelSpec } from '../detector/index.js';

/** A model folder that was read and verified: its spec parses, and its ONNX file has the hash stated in the spec. */
export interface RegisteredModel {
  readonly spec: ModelSpec;
  /** Of the canonical JSON (keys sorted) of the spec, hex. */
  readonly specSha256: string;
  /** The canonical JSON itself. */
  readonly specText: string;
  readonly folder: string;
  readonly onnxPath: string;
  /** CARD.md, if there is one. */
  readonly card: string | null;
}

export interface Registry {
  readonly models: ReadonlyMap<string, RegisteredModel>;
  /** Name of the model that is used when none is named. */
  readonly defaultModel: string;
}

/** A models folder that can't be served; the message names the folder, for the operator. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
}
