import type { KnipConfig } from 'knip';

const config: KnipConfig = {
  entry: [
    'src/main.ts',
    'src/cli/generate/main.ts',
    'src/cli/{checkCuda,cudaInstall}/main.ts',
    // Programs of child processes: they are forked by path.
    'src/engine/{decoder,runner}/main.ts',
    'src/films/writer/main.ts',
    // Browser code: esbuild's entries, see scripts/build-viewer.mjs.
    'src/viewer/main.ts',
    'src/viewer/film/pixels/read.worker.ts',
    // kysely's Migrator calls `up` of each.
    'migrations/*.ts',
    'bench/main.ts',
    'bench/soak/main.ts',
    // Run by hand: docs/decisions/0004-input-gate.md.
    'bench/gate.ts',
    // Likewise: docs/decisions/0008-log-tree.md.
    'bench/logTree.ts',
    'scripts/*.mjs',
    'test/**/*.test.ts',
    // Children of tests, forked by path.
    'test/**/children/*.ts',
    'test/log/{appender,dying}.ts',
  ],
  project: ['src/**/*.ts', 'bench/**/*.ts', 'migrations/**/*.ts', 'scripts/**/*.mjs', 'test/**/*.ts'],
  // A room's index exports the types of what its functions take and give, even where nobody has to name them yet.
  exclude: ['types'],
  // axe-core's script is read by path and put into the page under test; .taprc names tsx, which runs the tests.
  // src/imaging/dicom/codecs/wasm.ts loads the codecs by name, when a film needs them.
  ignoreDependencies: ['axe-core', 'tsx', '@cornerstonejs/codec-charls', '@cornerstonejs/codec-openjpeg'],
  // Where there is a GPU, its driver brings nvidia-smi; Linux has umount and unshare, for a disk that is full; DCMTK has
  // dcmcjpeg and dcmmkdir; openssl makes certificates for tests.
  ignoreBinaries: ['nvidia-smi', 'umount', 'unshare', 'dcmcjpeg', 'dcmmkdir', 'openssl'],
};

export default config;
