/**
 * A `model_config` of Keras 3 as Keras 2 would have written it; one of Keras 2 is left as it is. Keras 3 writes a
 * layer's inputs as calls with tensors, each with its source layer (`keras_history`), and calls the slope of a
 * LeakyReLU `negative_slope`. All other settings that are read have kept their names.
 */
export function inKeras2Form(model: unknown): unknown {
  if (!isRecord(model) || !isRecord(model['config']) || !Array.isArray(model['config']['layers'])) return model;
  const layers = model['config']['layers'].map((layer: unknown) =>
    isRecord(layer) ? layerInKeras2Form(layer) : layer,
  );
  return { ...model, config: { ...model['config'], layers } };
}

type JsonRecord = Readonly<Record<string, unknown>>;

function layerInKeras2Form(layer: JsonRecord): JsonRecord {
  const { config, inbound_nodes: nodes } = layer;
  return {
    ...layer,
    ...(isRecord(config) && 'negative_slope' in config
      ? { config: { ...config, alpha: config['negative_slope'] } }
      : {}),
    ...(Array.isArray(nodes) ? { inbound_nodes: nodes.map(sourcesOfCall) } : {}),
  };
}

/** `[[layer, node, tensor], …]` of a call; Keras 2 writes that form already. */
function sourcesOfCall(call: unknown): unknown {
  return isRecord(call) ? historiesIn([call['args'], call['kwargs']]) : call;
}

/** Arguments are tensors, or lists of several, as for Concatenate. */
function historiesIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(historiesIn);
  if (!isRecord(value)) return [];
  const { class_name: kind, config } = value;
  if (kind === '__keras_tensor__' && isRecord(config)) return [config['keras_history']];
  return Object.values(value).flatMap(historiesIn);
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
