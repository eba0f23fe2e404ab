import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import t from 'tap';

const run = promisify(execFile);

interface Cruised {
  readonly summary: {
    readonly violations: readonly {
      readonly rule: { readonly name: string };
      readonly from: string;
      readonly to: string;
    }[];
    readonly totalCruised: number;
  };
  readonly modules: readonly { readonly source: string }[];
}

const rooms = readdirSync('src', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

t.test('imports go one way between the rooms', async (t) => {
  const { stdout } = await run(
    process.execPath,
    [
      'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
      'src',
      'migrations',
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'json',
    ],
    {
      maxBuffer: 64 * 1024 * 1024,
      // The loaders that tap gives to its tests are not for this program.
      env: { PATH: process.env['PATH'] },
    },
  ).catch((error: unknown) => {
    // It exits with the number of violations; what it printed is what counts.
    if (typeof error === 'object' && error !== null && 'stdout' in error) return { stdout: String(error.stdout) };
    throw error;
  });
  const cruised = JSON.parse(stdout) as Cruised;
  t.strictSame(
    cruised.summary.violations.map((v) => `${v.rule.name}: ${v.from} → ${v.to}`),
    [],
  );
  // A compiler that it can't use makes it cruise nothing and report success: every room must have been seen.
  for (const room of rooms) {
    t.ok(
      cruised.modules.some((m) => m.source.startsWith(`src/${room}/`) && m.source.endsWith('.ts')),
      `${room} was looked at`,
    );
  }
});

t.test('no line has over 120 columns', (t) => {
  const files = ['src', 'test', 'bench', 'training', 'migrations']
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`))
    .filter((file) => /\.(ts|css|py|sh)$/.test(file));
  t.ok(files.length > 500, 'the files were seen');
  const long = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, index) => (line.length > 120 ? [`${file}:${index + 1}`] : [])),
  );
  t.strictSame(long, []);
  t.end();
});
