/**
 * Rooms and the one direction in which they import (see docs/architecture.md).
 * test/architecture.test.ts runs these rules and asserts that files were seen at all.
 */
const room = (name) => `^src/${name}/`;
const only = (name, allowed) => ({
  name: `${name}-imports-only-what-lies-below-it`,
  severity: 'error',
  from: { path: room(name) },
  to: {
    path: '^(src|migrations|test|bench)/',
    pathNot: [...[name, ...allowed].map(room), '^src/(messageOf|random|fileErrors|sha256OfFile)\\.ts$'],
  },
});

/** A folder inside a room, and the other folders of that room that it may import. */
const folder = (roomName, name, allowed) => ({
  name: `${roomName}-${name}-imports-only-what-lies-below-it`,
  severity: 'error',
  from: { path: `^src/${roomName}/${name}/` },
  to: { path: `^src/${roomName}/`, pathNot: [name, ...allowed].map((each) => `^src/${roomName}/${each}/`) },
});

/** The page's folders, lowest first. Pages (film, films, account, operators) do not import each other. */
const viewerLayers = [
  ['dom', []],
  ['keys', []],
  ['api', []],
  ['ui', ['dom', 'api']],
  ['report', ['dom', 'api', 'ui']],
  ['upload', ['dom', 'api', 'ui', 'report']],
  ['app', ['dom', 'api', 'ui', 'upload']],
  ...['film', 'films', 'account'].map((page) => [page, ['dom', 'keys', 'api', 'ui', 'report', 'upload', 'app']]),
  // Operators see everybody's tokens in the section that a user's own account has.
  ['operators', ['dom', 'keys', 'api', 'ui', 'report', 'upload', 'app', 'account']],
].map(([name, allowed]) => folder('viewer', name, allowed));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    only('classNames', []),
    only('guessable', []),
    only('csv', []),
    only('svg', []),
    only('detector', []),
    only('gate', ['detector']),
    only('report', ['detector', 'csv', 'svg']),
    only('imaging', ['detector']),
    only('dicom', ['imaging', 'report']),
    only('weights', ['classNames', 'detector']),
    only('evaluation', ['detector', 'csv', 'svg']),
    folder('evaluation', 'results', []),
    folder('evaluation', 'measures', ['results']),
    folder('evaluation', 'fit', ['results', 'measures']),
    folder('evaluation', 'report', ['results', 'measures']),
    folder('evaluation', 'page', ['results', 'measures', 'report']),
    only('datasets', ['classNames', 'detector', 'csv', 'svg']),
    only('registry', ['detector', 'gate']),
    only('children', []),
    only('engine', ['children', 'detector', 'imaging', 'gate', 'registry']),
    {
      ...only('database', []),
      to: { path: '^(src|migrations|test|bench)/', pathNot: '^(src/database/|src/fileErrors|migrations/)' },
    },
    only('log', ['database', 'detector', 'report']),
    only('auth', ['database', 'guessable']),
    only('site', ['database']),
    only('reviews', ['database', 'report']),
    only('films', ['children', 'database', 'detector', 'imaging']),
    only('submission', ['database', 'detector', 'engine', 'films', 'log', 'registry', 'report']),
    only('pacs', ['database', 'dicom', 'engine', 'imaging', 'log', 'registry', 'report', 'submission']),
    folder('pacs', 'sources', []),
    {
      ...folder('pacs', 'dicomweb', ['sources']),
      to: { path: '^src/pacs/', pathNot: '^src/pacs/(dicomweb/|sources/|within\\.ts$)' },
    },
    only('viewer', ['detector', 'svg']),
    ...viewerLayers,
    ...[
      'auth',
      'children',
      'database',
      'dicom',
      'evaluation',
      'films',
      'guessable',
      'log',
      'pacs',
      'registry',
      'reviews',
      'site',
      'submission',
    ].map((name) => ({
      name: `${name}-is-entered-by-its-index`,
      severity: 'error',
      from: { path: '^src/', pathNot: room(name) },
      to: { path: room(name), pathNot: `^src/${name}/index\\.ts$` },
    })),
    {
      name: 'the-page-needs-nothing-but-a-browser',
      severity: 'error',
      from: { path: room('viewer') },
      to: { path: 'node_modules/' },
    },
    {
      name: 'http-does-not-import-cli',
      severity: 'error',
      from: { path: room('http') },
      to: { path: '^src/(cli|viewer|weights|main|runService|service)' },
    },
    {
      name: 'nobody-imports-http-or-cli',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(http|cli|viewer|main|runService|service)' },
      to: { path: '^src/(http|cli|viewer)/' },
    },
    {
      name: 'nobody-imports-cli',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'source-does-not-import-tests',
      severity: 'error',
      from: { path: '^(src|migrations)/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'the-core-does-no-io',
      severity: 'error',
      from: { path: '^src/(csv|detector|evaluation|report|svg|viewer)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'native-code-stays-in-the-children',
      comment: 'libvips and onnxruntime may crash on hostile bytes: the process that serves must not load them.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(imaging/|engine/(decoder|runner)|films/writer/|cli/)' },
      to: { path: 'node_modules/(sharp|onnxruntime-node)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
