import tseslint from 'typescript-eslint';

/** Each library has one owner: the only files that may import it. */
const owners = {
  'better-sqlite3': ['src/store/**', 'src/exports/optuna/**'],
  'onnxruntime-node': ['src/engine/compiled/onnx-runtime.ts'],
  '@bufbuild/protobuf': ['src/engine/compiled/onnx/**', 'src/exports/tensorboard/**'],
  'hyparquet-writer': ['src/exports/parquet.ts'],
  piscina: ['src/executor/**'],
  yargs: ['src/cli/**'],
  pino: ['src/log.ts'],
  zod: ['src/sweep-file/**', 'src/queue/messages.ts'],
  ioredis: ['src/queue/**'],
  yaml: ['src/sweep-file/**'],
  'pure-rand': ['src/random.ts'],
  'ml-matrix': ['src/search/**'],
  '@tensorflow/tfjs': ['src/engine/**', 'src/training/**'],
  'fast-png': ['src/training/png.ts'],
  '@jsquash/jpeg': ['src/data/own/pictures/jpeg.ts'],
  'd3-scale': ['src/charts/**'],
  'd3-shape': ['src/charts/**'],
  esbuild: ['src/page/bundle.ts'],
  'cli-table3': ['src/render/**'],
  h5wasm: ['src/data/own/hdf5/hdf5-file.ts'],
  hyparquet: ['src/data/own/tables/parquet-vectors.ts'],
  'csv-parse': ['src/data/own/csv-rows.ts'],
  'csv-stringify': ['src/render/**'],
  '@resvg/resvg-wasm': ['src/pictures/svg-to-png.ts'],
  'simple-statistics': ['src/analysis/**', 'src/training/pictures.ts'],
};
const restrictionsFor = (glob) => ({
  'no-restricted-imports': [
    'error',
    {
      patterns: Object.entries(owners)
        .filter(([, files]) => !files.some((owned) => glob?.startsWith(owned.replace('**', ''))))
        .map(([library, files]) => ({
          group: [library, `${library}/*`],
          message: `Only ${files.join(', ')} may import ${library}.`,
        })),
    },
  ],
});

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'examples/',
      'node_modules/',
      'results/',
      'src/engine/compiled/onnx/onnx_pb.ts',
      'src/exports/tensorboard/event_pb.ts',
    ],
  },
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: ['**/*.ts'] })),
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      // What is only disposed of has a name, too.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreUsingDeclarations: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-console': 'error',
    },
  },
  {
    // Run by Node as they are; vitest compiles the other tests.
    files: ['src/**/*.ts', 'workers/**/*.ts', 'test/fixtures/**/*.ts', 'test/store/children/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'VariableDeclaration[kind=/using/]',
          message: 'Node 22, which the package takes, cannot parse `using`.',
        },
      ],
    },
  },
  { files: ['src/**/*.ts', 'workers/**/*.ts'], rules: restrictionsFor(undefined) },
  // The last match wins, so the most specific folder comes last; it keeps what its parents own.
  ...[...new Set(Object.values(owners).flat())]
    .sort((a, b) => a.length - b.length)
    .map((glob) => ({ files: [glob], rules: restrictionsFor(glob) })),
);
