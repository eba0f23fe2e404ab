import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'migrations/README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** Everything between backquotes or in a code block that names a file or folder of the repository. */
const namedPath =
  /(?<![\w./-])(?:src|test|bench|migrations|training|scripts)\/[\w./-]*\w(?:\/|\b)(?![\w.]*[<{*…]|\/?[<{*])/g;

t.test('every relative link in the docs leads to a file', (t) => {
  const broken = pages.flatMap((page) =>
    linksOf(page)
      .filter((link) => !existsSync(join(dirname(page), decodeURIComponent(link))))
      .map((link) => `${page}: ${link}`),
  );
  t.strictSame(broken, []);
  t.ok(pages.flatMap(linksOf).length > 20, 'links were found at all');
  t.end();
});

t.test('every path of the source that the docs name exists', (t) => {
  const missing = pages.flatMap((page) =>
    pathsOf(page)
      .filter((path) => !existsSync(path))
      .map((path) => `${page}: ${path}`),
  );
  t.strictSame(missing, []);
  t.ok(pages.flatMap(pathsOf).length > 20, 'paths were found at all');
  t.end();
});

t.test('the architecture page names files and folders of src that exist', (t) => {
  const text = readFileSync('docs/architecture.md', 'utf8');
  const named = [...text.matchAll(/`((?:[\w-]+\/)+(?:[\w-]+\.ts)?|[\w-]+(?:\/[\w-]+)+\.ts)`/g)].map(
    ([, path]) => path!,
  );
  const missing = named.filter((path) => !existsSync(join('src', path)) && !existsSync(path));
  t.strictSame(missing, []);
  t.ok(named.length > 20, 'paths were found at all');
  t.end();
});

function linksOf(page: string): string[] {
  const text = readFileSync(page, 'utf8').replaceAll(/```[\s\S]*?```/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target!.split('#', 1)[0]!)
    .filter((target) => target !== '' && !/^[a-z]+:|^\//.test(target));
}

function pathsOf(page: string): string[] {
  return [...readFileSync(page, 'utf8').matchAll(namedPath)]
    .map(([path]) => path)
    .filter((path) => !path.includes('000N_'));
}
