import { Command } from 'commander';
import { exitCode } from '../exit.js';
import { table } from '../table.js';
import { inspectModels, summary } from './inspect.js';
import { modelsFolder } from './modelsFolder.js';

/** `model list`: the models that can be served. */
export function listCommand(): Command {
  return new Command('list')
    .description('the models of the models folder')
    .option('--models <dir>', 'models folder (default: MODELS_DIR, or models)')
    .option('--json', 'print their specs as JSON', false)
    .action((options: { models?: string; json: boolean }) => list(options));
}

async function list({ models, json }: { models?: string; json: boolean }): Promise<void> {
  const inspected = await inspectModels(modelsFolder(models));
  for (const { problem } of inspected) if (problem !== undefined) process.stderr.write(`${problem}\n`);
  const good = inspected.flatMap(({ model }) => (model === undefined ? [] : [model]));
  const rows = good.map(({ spec }) => [spec.name, ...summary(spec)]);
  process.stdout.write(
    json
      ? `${JSON.stringify(
          good.map(({ spec, specSha256, folder }) => ({ folder, specSha256, spec })),
          null,
          2,
        )}\n`
      : table([['name', 'version', 'input', 'heads', 'classes', 'threshold', 'licence'], ...rows]),
  );
  if (good.length < inspected.length) process.exitCode = exitCode.someFailed;
}
