import { Command } from 'commander';
import { exitCode } from '../exit.js';
import { table } from '../table.js';
import { inspectModels, tryNetwork } from './inspect.js';
import { modelsFolder } from './modelsFolder.js';
import { runSelfTest } from './selfTest.js';

/** `model check`: spec, hash, network and self-test of every model. */
export function checkCommand(): Command {
  return new Command('check')
    .description(
      'check that every model parses, has the hash that its spec names, loads, has the tensors of its spec, ' +
        'and passes its self-test',
    )
    .option('--models <dir>', 'models folder (default: MODELS_DIR, or models)')
    .option('--json', 'print the outcome as JSON', false)
    .action((options: { models?: string; json: boolean }) => check(options));
}

interface Checked {
  readonly name: string;
  readonly ok: boolean;
  readonly onnxSha256: string | null;
  readonly problem: string | null;
}

async function check({ models, json }: { models?: string; json: boolean }): Promise<void> {
  const checked: Checked[] = [];
  for (const { name, model, problem } of await inspectModels(modelsFolder(models))) {
    const found = model === undefined ? problem : ((await tryNetwork(model)) ?? (await runSelfTest(model)));
    checked.push({ name, ok: found === undefined, onnxSha256: model?.spec.onnxSha256 ?? null, problem: found ?? null });
  }
  process.stdout.write(
    json
      ? `${JSON.stringify(checked, null, 2)}\n`
      : table([
          ['model', 'state', ''],
          ...checked.map(({ name, ok, problem }) => [name, ok ? 'fits' : 'does not fit', problem ?? '']),
        ]),
  );
  if (checked.some(({ ok }) => !ok)) process.exitCode = exitCode.someFailed;
}
