import { Dataset, File, Group } from 'jsfive';
import { isHdf5, refuseLookalikes } from '../fileKind.js';
import { ImportError } from '../importError.js';

/** One array of a Keras file. */
export interface KerasVariable {
  /** Name of the layer that holds it, e.g. `conv2d_12`. */
  readonly layer: string;
  /** `kernel`, `bias`, `gamma`, `beta`, `moving_mean`, `moving_variance` */
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface KerasFile {
  readonly variables: readonly KerasVariable[];
  /** The JSON of `model.save`; undefined for `model.save_weights`, whose files hold no topology. */
  readonly modelConfig: unknown;
}

/**
 * Reads a `.h5` of Keras 2, or of `model.save` in Keras 3: the groups of `model.save_weights` at the root, those of
 * `model.save` under `model_weights`. Every layer is a group, with its arrays one or more groups deeper, as
 * `<layer>/<layer>/kernel:0`, in Keras 3 without the `:0`; layers without arrays (label inputs, the loss of a training
 * model) are skipped.
 *
 * @throws ImportError `wrong-file` if it is another kind of file, `bad-keras` if it is damaged
 */
export function readKerasFile(bytes: Uint8Array): KerasFile {
  refuseLookalikes(bytes, 'the h5 file');
  if (!isHdf5(bytes))
    throw new ImportError(
      'wrong-file',
      'the h5 file is not HDF5: it does not start with the bytes \\x89HDF\\r\\n\\x1a\\n',
    );
  try {
    return readGroups(new File(exactBuffer(bytes), 'model.h5'));
  } catch (error) {
    if (error instanceof ImportError) throw error;
    // jsfive throws RangeErrors and plain Errors from deep inside if a file was cut or uses an unknown feature.
    throw new ImportError('bad-keras', "the h5 file can't be read: it was cut in transfer, or is damaged", {
      cause: error,
    });
  }
}

function readGroups(file: File): KerasFile {
  const whole = file.keys.includes('model_weights') ? file.get('model_weights') : file;
  if (!(whole instanceof Group)) throw new ImportError('bad-keras', 'model_weights is not a group in the h5 file');
  const variables = variablesIn(whole, '');
  if (variables.length === 0) throw new ImportError('bad-keras', 'the h5 file holds no weights of a Keras model');
  return { variables, modelConfig: parseConfig(file.attrs['model_config']) };
}

function variablesIn(group: Group, layer: string): KerasVariable[] {
  return group.keys.flatMap((key) => {
    const item = group.get(key);
    if (key === 'vars' && item instanceof Group) throw new ImportError('bad-keras', numberedWeights);
    if (item instanceof Group) return variablesIn(item, key);
    if (!(item instanceof Dataset)) return [];
    return [{ layer, name: key.replace(/:\d+$/, ''), shape: item.shape, values: floatsOf(item, `${layer}/${key}`) }];
  });
}

/** Checked before reading any number: such a file may also hold an optimizer's counters. */
const numberedWeights =
  'the h5 file holds numbered weights (`vars/0`…), as save_weights("….weights.h5") writes them: they have no names. ' +
  'Load them into the model they came from, and write it with model.save("model.h5"); or, in tf_keras ' +
  '(pip install tf_keras), with model.save_weights("model.h5"), without ".weights" in the name';

function floatsOf(dataset: Dataset, path: string): Float32Array {
  const { value, dtype } = dataset;
  if (dtype !== '<f4' && dtype !== '<f8')
    throw new ImportError('bad-keras', `${path} is of type ${String(dtype)}, not float32`);
  if (!Array.isArray(value) && !(value instanceof Float32Array) && !(value instanceof Float64Array))
    throw new ImportError('bad-keras', `${path} holds no numbers`);
  const values = Float32Array.from(value as ArrayLike<number>);
  const length = dataset.shape.reduce((product, size) => product * size, 1);
  if (values.length !== length)
    throw new ImportError('bad-keras', `${path} holds ${values.length} numbers, but its shape says ${length}`);
  return values;
}

function parseConfig(attribute: unknown): unknown {
  if (attribute === undefined) return undefined;
  if (typeof attribute !== 'string')
    throw new ImportError('bad-keras', 'the attribute model_config of the h5 file is not text');
  try {
    return JSON.parse(attribute);
  } catch (error) {
    throw new ImportError('bad-keras', 'the attribute model_config of the h5 file is not JSON', { cause: error });
  }
}

/** jsfive needs its own ArrayBuffer, and a Buffer may be a view of a shared pool. */
function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  const buffer = new ArrayBuffer(bytes.byteLength);
  new Uint8Array(buffer).set(bytes);
  return buffer;
}
