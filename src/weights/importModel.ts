import { hash } from 'node:crypto';
import type { ModelSpec } from '../detector/index.js';
import { parseClassNames } from './classNames.js';
import { type DarknetFiles, readDarknet } from './darknet/index.js';
import { type KerasFiles, readKeras } from './keras/index.js';
import { KERAS_INPUT_SIZE, type SpecChoices, specOf } from './modelSpec.js';
import type { Network } from './network.js';
import { type Precision, writeOnnx } from './onnx/index.js';

export type ModelSource = ({ readonly format: 'darknet' } & DarknetFiles) | ({ readonly format: 'keras' } & KerasFiles);

export interface ImportChoices extends Omit<SpecChoices, 'classNames'> {
  /** Text of the classes file. */
  readonly classes: string;
  readonly precision: Precision;
  /** Replaces the cfg's own, or 416 × 416 for Keras. */
  readonly size?: { readonly width: number; readonly height: number };
}

export interface ImportedModel {
  readonly network: Network;
  readonly spec: ModelSpec;
  readonly onnx: Uint8Array;
  /** What a person should know about the files. */
  readonly notes: readonly string[];
}

/** Files of another framework → ONNX and ModelSpec. Throws ImportError. */
export function importModel(source: ModelSource, choices: ImportChoices): ImportedModel {
  const classNames = parseClassNames(choices.classes);
  const { network, notes } = readNetwork(source, choices.size, classNames.length);
  const onnx = writeOnnx(network, choices);
  const onnxSha256 = hash('sha256', onnx);
  const spec = specOf(source.format, network, onnxSha256, { ...choices, classNames });
  return { network, onnx, spec, notes: [...notes, ...windowNotes(spec)] };
}

function readNetwork(
  source: ModelSource,
  size: ImportChoices['size'],
  classes: number,
): { network: Network; notes: readonly string[] } {
  if (source.format === 'darknet') return readDarknet(source, size === undefined ? {} : { size });
  const { network, topology } = readKeras(source, {
    classes,
    size: size ?? { width: KERAS_INPUT_SIZE, height: KERAS_INPUT_SIZE },
  });
  return { network, notes: [`recognised as ${topology} of keras-yolo3`] };
}

/** Detectors made for photographs know nothing of films with 10 to 14 bits, the usual depth. */
function windowNotes({ window }: ModelSpec): string[] {
  return window === 'none'
    ? [
        'no window: a 16-bit film is taken as 0 to 65535, so one of 10 to 14 bits stored without scaling looks dark, ' +
          'and under a tenth of the range is not analysed; --window 1,99 takes the levels of each film',
      ]
    : [];
}
