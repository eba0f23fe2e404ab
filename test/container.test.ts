import { readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import t from 'tap';
import { ConfigSchema } from '../src/config.js';

const allowed = (await readFile('.dockerignore', 'utf8'))
  .split('\n')
  .filter((line) => line.startsWith('!'))
  .map((line) => line.slice(1));
const dockerfile = await readFile('Dockerfile', 'utf8');

/** Whether the file, or a folder that it is in, is in the build context. */
const inContext = (path: string) => allowed.some((entry) => path === entry || path.startsWith(`${entry}/`));

t.test('the build context of the image has every file that the build reads', async (t) => {
  const read = await filesReadBy(scriptsOfTheBuild());
  t.ok(read.has('scripts/build-viewer.mjs'), 'imports are followed');
  t.strictSame([...read].filter((path) => !inContext(path)).sort(), []);
});

t.test('nothing of the runtime stages is copied that the build does not make or take along', (t) => {
  const copied = [...dockerfile.matchAll(/^COPY --from=build\S* (.+) \S+$/gm)].flatMap(([, paths = '']) =>
    paths.split(' ').map((path) => path.replace('/app/', '')),
  );
  t.ok(copied.includes('dist'));
  const made = ['dist', 'node_modules'];
  t.strictSame(
    copied.filter((path) => !made.includes(path) && !inContext(path)),
    [],
  );
  t.end();
});

t.test('the image runs as a user without rights, from a base image of an exact version', (t) => {
  t.match(dockerfile, /^USER 10001:10001$/m);
  t.match(dockerfile, /^ARG NODE_IMAGE=node:\d+\.\d+\.\d+-/m);
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
  t.strictSame([...new Set(bases)].sort(), ['${NODE_IMAGE}', 'base', 'build', 'scratch']);
  t.end();
});

/** The scripts that the Dockerfile and `npm run build` start before there is a dist/. */
function scriptsOfTheBuild(): string[] {
  const names = [...dockerfile.matchAll(/node (scripts\/\S+\.mjs)/g)].flatMap(([, script]) => script ?? []);
  return ['package.json', 'package-lock.json', '.npmrc', 'tsconfig.build.json', 'scripts/build.mjs', ...names];
}

/** These files, what scripts import, what tsconfig files extend and include, and files that scripts name by URL. */
async function filesReadBy(paths: readonly string[], seen = new Set<string>()): Promise<Set<string>> {
  for (const path of paths) {
    if (seen.has(path) || path.startsWith('dist')) continue;
    seen.add(path);
    if (path.endsWith('.mjs')) await filesReadBy(await namedBy(path), seen);
    if (path.endsWith('tsconfig.build.json')) await filesReadBy(['tsconfig.json', 'src', 'migrations'], seen);
  }
  return seen;
}

/** Every path relative to the script in an import or a `new URL(…, import.meta.url)`. */
async function namedBy(script: string): Promise<string[]> {
  const text = await readFile(script, 'utf8');
  const paths = [...text.matchAll(/(?:from |import\(|new URL\(\s*)'(\.{1,2}[^']*)'/g)].map(([, path = '']) => path);
  return paths
    .map((path) => normalize(join(dirname(script), path)).replace(/\/$/, ''))
    .filter((path) => path !== '.' && path !== 'node_modules');
}

t.test('compose hands on every setting that an operator may want to change', async (t) => {
  const compose = await readFile('compose.yaml', 'utf8');
  const handedOn = [...compose.matchAll(/^ {6}(\w+): .*\$\{/gm)].map(([, name = '']) => name);
  const ofTheImage = ['NODE_ENV', 'HOST', 'PORT', 'DATA_DIR', 'IMAGE_STORE_DIR', 'MODELS_DIR'];
  const ofTheTarget = ['EXECUTION_PROVIDERS', 'REQUIRE_PROVIDER'];
  const all = Object.keys(ConfigSchema.properties);
  // A secret's other form: compose passes on the secret itself.
  const settings = all.filter((name) => !(name.endsWith('_FILE') && all.includes(name.slice(0, -'_FILE'.length))));
  t.strictSame(
    settings.filter((name) => ![...handedOn, ...ofTheImage, ...ofTheTarget].includes(name)),
    [],
  );
  t.strictSame(
    handedOn.filter((name) => name !== 'POSTGRES_PASSWORD' && !settings.includes(name)),
    [],
  );
  t.notMatch(compose, /image: \S+:\d+-/, 'images are of an exact version');
});
