import type { Engine } from './analysis.js';
import { Keeper } from './keeper.js';
import type { EngineOptions } from './options.js';

/**
 * Starts the children and waits until they are warm.
 *
 * @throws Error if one can't start, with the reason: a required provider is missing, or an ONNX file doesn't fit its
 * spec (the message names the model and the field).
 *
 * @example
 * const engine = await startEngine({ models: registry.models, executionProviders: ['cpu'], … });
 * const analysis = await engine.analyse({ bytes, model: 'cxr-opacity' });
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const keeper = new Keeper(options);
  await keeper.start();
  return keeper;
}
