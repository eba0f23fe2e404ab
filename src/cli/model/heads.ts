import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { ModelSpec } from '../../detector/index.js';
import { loadModel } from '../../registry/index.js';
import { UnsupportedOnnx } from '../../weights/index.js';
import { UsageError } from '../exit.js';
import { modelsFolder } from './modelsFolder.js';
import { runHeads, runHeadsInFloat64 } from './trial.js';

interface HeadsOptions {
  readonly model: string;
  readonly input: string;
  readonly out: string;
  readonly runtime?: 'float64' | 'onnxruntime';
  readonly models?: string;
}

/** `model heads`: what importers are compared by. */
export function headsCommand(): Command {
  return new Command('heads')
    .description('raw heads of one stored network input, as head0.f32… in spec order and shapes.json')
    .requiredOption('--model <name>', 'name of the model')
    .requiredOption(
      '--input <file>',
      'the input: float32, little-endian, 1 × channels × height × width, nothing else in the file',
    )
    .requiredOption('--out <dir>', 'folder to write to')
    .addOption(
      new Option(
        '--runtime <runtime>',
        'float64: the arithmetic of the file, without the rounding of a runtime; onnxruntime: what is served (default: float64, where it knows every operator of the file)',
      ).choices(['float64', 'onnxruntime']),
    )
    .option('--models <dir>', 'models folder (default: MODELS_DIR, or models)')
    .action((options: HeadsOptions) => writeHeads(options));
}

async function writeHeads(options: HeadsOptions): Promise<void> {
  const { spec, onnxPath } = await loadModel(join(modelsFolder(options.models), options.model));
  const { channels, height, width } = spec.input;
  const bytes = await readFile(options.input).catch((error: unknown) => {
    throw new UsageError(`--input: ${error instanceof Error ? error.message : String(error)}`);
  });
  const expected = 4 * channels * height * width;
  if (bytes.length !== expected) {
    throw new UsageError(
      `--input: ${options.input} has ${bytes.length} bytes, ${options.model} takes ${expected} = 4 × ${channels} × ${height} × ${width}`,
    );
  }
  const heads = await evaluate(await readFile(onnxPath), spec, readFloats(bytes), options.runtime);
  await mkdir(options.out, { recursive: true });
  const shapes: Record<string, readonly number[]> = {};
  for (const [i, head] of heads.entries()) {
    const stride = spec.heads[i]?.stride ?? Number.NaN;
    const [rows, columns] = [height / stride, width / stride];
    await writeFile(join(options.out, `head${i}.f32`), writeFloats(head));
    shapes[`head${i}`] = [1, head.length / (rows * columns), rows, columns];
  }
  await writeFile(join(options.out, 'shapes.json'), `${JSON.stringify(shapes)}\n`);
  process.stdout.write(
    Object.entries(shapes)
      .map(([name, shape]) => `${join(options.out, name)}.f32 ${shape.join(' × ')}\n`)
      .join(''),
  );
}

/** Heads by the runtime asked for; on stderr how far onnxruntime, which serves, lies from float64. */
async function evaluate(
  onnx: Uint8Array,
  spec: ModelSpec,
  input: Float32Array,
  runtime: HeadsOptions['runtime'],
): Promise<Float32Array[]> {
  const served = await runHeads(onnx, spec, input);
  if (runtime === 'onnxruntime') return served;
  try {
    const heads = runHeadsInFloat64(onnx, spec, input);
    heads.forEach((head, i) => {
      process.stderr.write(
        `head${i}: in float64; onnxruntime, which serves, differs by at most ${largestDifference(head, served[i]).toExponential(2)}\n`,
      );
    });
    return heads;
  } catch (error) {
    if (!(error instanceof UnsupportedOnnx)) throw error;
    const problem = `model.onnx ${error.message}, which the float64 evaluation does not know`;
    if (runtime === 'float64') throw new UsageError(`${problem}: use --runtime onnxruntime`);
    process.stderr.write(`${problem}: these are the heads of onnxruntime\n`);
    return served;
  }
}

/** NaN where either holds one. */
function largestDifference(a: Float32Array, b: Float32Array = new Float32Array()): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] ?? Number.NaN))), 0);
}

function readFloats(bytes: Buffer): Float32Array {
  const own = endianness() === 'LE' ? bytes : Buffer.from(bytes).swap32();
  return new Float32Array(own.buffer.slice(own.byteOffset, own.byteOffset + own.byteLength));
}

function writeFloats(values: Float32Array): Buffer {
  const bytes = Buffer.from(values.slice().buffer);
  return endianness() === 'LE' ? bytes : bytes.swap32();
}
