import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { loadModel } from '../../registry/index.js';
import { UsageError } from '../exit.js';
import { readGiven } from '../readGiven.js';
import { modelsFolder } from './modelsFolder.js';
import { runHeads } from './trial.js';

interface HeadsOptions {
  readonly model: string;
  readonly input: string;
  readonly out: string;
  readonly models?: string;
}

/** `model heads`: the raw outputs of a network, for comparing importers. */
export function headsCommand(): Command {
  return new Command('heads')
    .description('write the raw heads for one stored network input, as head0.f32… in spec order and shapes.json')
    .requiredOption('--model <name>', 'name of the model')
    .requiredOption(
      '--input <file>',
      'the input: float32, little-endian, 1 × channels × height × width, nothing else in the file',
    )
    .requiredOption('--out <dir>', 'folder to write to')
    .option('--models <dir>', 'models folder (default: MODELS_DIR, or models)')
    .action((options: HeadsOptions) => writeHeads(options));
}

async function writeHeads(options: HeadsOptions): Promise<void> {
  const { spec, onnxPath } = await loadModel(join(modelsFolder(options.models), options.model));
  const { channels, height, width } = spec.input;
  const bytes = await readGiven(options.input, '--input');
  const expected = 4 * channels * height * width;
  if (bytes.length !== expected) {
    throw new UsageError(
      `--input: ${options.input} has ${bytes.length} bytes, ` +
        `${options.model} takes ${expected} = 4 × ${channels} × ${height} × ${width}`,
    );
  }
  const heads = await runHeads(await readFile(onnxPath), spec, readFloats(bytes));
  await mkdir(options.out, { recursive: true });
  const shapes: Record<string, readonly number[]> = {};
  for (const [i, head] of heads.entries()) {
    const stride = spec.heads[i]?.stride ?? Number.NaN;
    const [rows, columns] = [height / stride, width / stride];
    await writeFile(join(options.out, `head${i}.f32`), writeFloats(head));
    shapes[`head${i}`] = [1, head.length / (rows * columns), rows, columns];
  }
  await writeFile(join(options.out, 'shapes.json'), `${JSON.stringify(shapes)}\n`);
  for (const [name, shape] of Object.entries(shapes))
    process.stdout.write(`${join(options.out, name)}.f32 ${shape.join(' × ')}\n`);
}

function readFloats(bytes: Buffer): Float32Array {
  const own = endianness() === 'LE' ? bytes : Buffer.from(bytes).swap32();
  return new Float32Array(own.buffer.slice(own.byteOffset, own.byteOffset + own.byteLength));
}

function writeFloats(values: Float32Array): Buffer {
  const bytes = Buffer.from(values.slice().buffer);
  return endianness() === 'LE' ? bytes : bytes.swap32();
}
