import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.tap/', 'coverage/', 'data/', '.ci/', 'knip.ts'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './src/viewer/tsconfig.json', './test/viewer/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      // Prettier breaks code; comments and texts are broken by hand.
      'max-len': ['error', { code: 120 }],
      // Numbers in messages are plain; everything else must be turned into text on purpose.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // `const { id, ...rest } = row` is how a field is left out.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
    },
  },
  {
    // Loops over typed arrays stay inside bounds that the line above them states; `!` says so.
    files: [
      'src/detector/**/*.ts',
      'src/evaluation/**/*.ts',
      'src/imaging/**/*.ts',
      'src/films/png/*.ts',
      'src/gate/**/*.ts',
      'src/weights/**/*.ts',
      'src/viewer/film/**/*.ts',
    ],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    // tap's t.test(...) returns a promise that the runner itself awaits.
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-floating-promises': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
);
