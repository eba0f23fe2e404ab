import { join } from 'node:path';
import type { Config } from '../../config.js';
import { type Engine, type EngineOptions, startEngine } from '../../engine/index.js';
import { loadModel, loadRegistry, type RegisteredModel } from '../../registry/index.js';
import { engineSettings, registryOptions } from '../../service.js';

/** The engine as the service runs it, for one model and the films of one command. */
export function engineFor(
  model: RegisteredModel,
  config: Config,
  patience: Pick<EngineOptions, 'startTimeoutMs'> & Partial<Pick<EngineOptions, 'deadlineMs'>> = {},
): Promise<Engine> {
  return startEngine({
    ...engineSettings(config),
    ...patience,
    models: new Map([[model.spec.name, model]]),
    // The command itself bounds how many films are in flight.
    maxFilms: Number.MAX_SAFE_INTEGER,
    maxBytes: Number.MAX_SAFE_INTEGER,
    // Every report names its provider and what went wrong with a film, so there's nothing to log.
    logger: {
      info: () => undefined,
      warn: () => undefined,
      error: (_, message) => {
        process.stderr.write(`${message}\n`);
      },
    },
  });
}

/** Reads only this model: a broken neighbour must not keep it from working. */
export async function chosenModel(modelsDir: string, name: string): Promise<RegisteredModel> {
  if (name !== '') return loadModel(join(modelsDir, name));
  const registry = await loadRegistry(registryOptions({ MODELS_DIR: modelsDir, MODEL: '' }));
  const model = registry.models.get(registry.defaultModel);
  if (model === undefined) throw new Error(`the registry does not hold its default model ${registry.defaultModel}`);
  return model;
}
