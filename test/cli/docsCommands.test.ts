import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import t from 'tap';
import { commands } from '../../src/cli/commands.js';

const pages = ['README.md', 'CONTRIBUTING.md', ...readdirSync('docs').map((name) => join('docs', name))].filter(
  (name) => name.endsWith('.md'),
);

/** A call of the command line in a code block, without its comment, pipe or redirection. */
const call = /^[^#\n]*?(?:npm run -s cli --|lesion-detector) ([^#|>\n]*)/gm;

function callsIn(page: string): string[][] {
  const blocks = readFileSync(page, 'utf8')
    .split(/^```/m)
    .filter((_, i) => i % 2 === 1);
  return blocks
    .map((block) => block.replaceAll(/\\\n\s*/g, ''))
    .flatMap((block) => [...block.matchAll(call)])
    .map(([, words = '']) => words.trim().split(/\s+/))
    .filter(([name = '']) => /^[a-z]/.test(name));
}

t.test('every call of the command line in the docs is one that there is', async (t) => {
  let calls = 0;
  for (const page of pages) {
    for (const [name = '', ...words] of callsIn(page)) {
      const told = `${page}: ${[name, ...words].join(' ')}`;
      const { load } = commands[name] ?? {};
      if (load === undefined) {
        t.fail(told);
        continue;
      }
      let command: Command = await load();
      for (const word of words) {
        const below = command.commands.find((each) => each.name() === word);
        if (below === undefined) break;
        command = below;
      }
      const flags = words.filter((word) => word.startsWith('--')).map((word) => word.split('=', 1)[0]);
      const known = new Set(command.options.flatMap(({ long, short }) => [long, short]));
      t.strictSame(
        flags.filter((flag) => !known.has(flag)),
        [],
        told,
      );
      const missing = command.options.filter(({ mandatory, long }) => mandatory && !flags.includes(long ?? undefined));
      t.strictSame(
        missing.map(({ long }) => long),
        [],
        `${told}: what it needs is given`,
      );
      calls++;
    }
  }
  t.ok(calls > 10, `${calls} calls were found`);
});
