import { gates } from '../src/gate/index.js';
import { measureGate } from '../test/gate/measure.js';
import { filmAt, frontalFilms } from '../test/gate/pictures.js';

/**
 * What the gates of this version make of the films in a data folder, as a Markdown table:
 *
 *     npm run -s build && node dist/bench/gate.js DIR [--wrong]
 *
 * `--wrong` names the files whose outcome is not the expected one.
 */
const [dataDir, option] = process.argv.slice(2);
if (dataDir === undefined) {
  process.stderr.write('usage: node dist/bench/gate.js DIR [--wrong]\n');
  process.exit(2);
}

const words = { passes: 'pass', 'passes-inverted': 'pass as a negative', refused: 'be refused' } as const;

for (const gate of gates) {
  process.stdout.write(
    [
      `## ${gate.name} ${gate.version}`,
      '',
      '| pictures | number | should | did | passed | passed as a negative | refused |',
      '| --- | ---: | --- | ---: | ---: | ---: | ---: |',
      '',
    ].join('\n'),
  );
  for await (const { kind, expected, pictures, passed, inverted, refused, wrong } of measureGate(gate, dataDir)) {
    const share = ((100 * (pictures - wrong.length)) / pictures).toFixed(1);
    process.stdout.write(
      `| ${kind} | ${pictures} | ${words[expected]} | ${share} % | ${passed} | ${inverted} | ${refused} |\n`,
    );
    if (option === '--wrong' && wrong.length > 0) process.stderr.write(`  ${kind}: ${wrong.join(' ')}\n`);
  }
  const films = await Promise.all(frontalFilms.map(filmAt));
  const rounds = 40;
  for (const film of films) gate.judge(film);
  const before = process.cpuUsage();
  for (let i = 0; i < rounds; i++) for (const film of films) gate.judge(film);
  const { user, system } = process.cpuUsage(before);
  const coreMs = (user + system) / 1000 / rounds / films.length;
  process.stdout.write(`\n${coreMs.toFixed(1)} ms of a core for a film of 1024 × 1024 pixels that passes.\n`);
}
