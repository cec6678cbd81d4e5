/**
 * Imports run downwards, and each process loads only what is its own. Types may be taken from anywhere, and what is
 * loaded by `import()` is nobody's until then: neither is looked at.
 */

/** From top to bottom. A room may use those below it; those of one row don't use each other. */
const ROOMS = [
  ['cli'],
  ['serve'],
  ['run'],
  ['answers'],
  ['page'],
  ['pictures', 'exports'],
  ['charts'],
  ['scheduler', 'render'],
  ['trained'],
  ['analysis'],
  ['store', 'training', 'queue', 'together'],
  ['executor'],
  ['engine'],
  ['sweep-file'],
  ['search'],
  ['own'],
  ['data', 'metrics'],
  ['trial', 'decoder'],
  ['model', 'transfer'],
  ['files', 'text'],
];

const inRoom = (names) => `^src/(${names.join('|')})/`;

const downwards = ROOMS.flatMap((row, level) =>
  row.map((name) => ({
    name: `${name}-imports-downwards`,
    severity: 'error',
    comment: 'ARCHITECTURE, "Rooms": what both need belongs below.',
    from: { path: inRoom([name]) },
    to: { path: inRoom([...ROOMS.slice(0, level).flat(), ...row.filter((other) => other !== name), '(none)']) },
  })),
);

export default {
  forbidden: [
    ...downwards,
    {
      name: 'scheduler-knows-no-files',
      severity: 'error',
      comment: 'What an executor far away could not carry: files are the business of src/files/trial-files.ts.',
      from: { path: inRoom(['scheduler']) },
      to: { path: '^(node:)?fs(/promises)?$' },
    },
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'coordinator-computes-nothing',
      severity: 'error',
      comment: 'A command would load TF.js or ONNX Runtime, a second before it says anything.',
      from: {
        path: [
          '^src/[^/]+\\.ts$',
          inRoom([
            'cli',
            'serve',
            'run',
            'answers',
            'exports',
            'scheduler',
            'analysis',
            'render',
            'page',
            'charts',
            'pictures',
            'store',
            'together',
            'queue',
            'sweep-file',
            'search',
            'metrics',
            'trial',
            'decoder',
            'model',
            'transfer',
            'files',
            'text',
          ]),
        ],
      },
      // engine/tfjs.ts loads TF.js by `require`, which nobody sees from outside.
      to: {
        path: ['^src/engine/(tfjs\\.ts|compiled/|eager/)', 'node_modules/(@tensorflow|onnxruntime-)'],
        reachable: true,
      },
    },
    {
      name: 'workers-record-nothing',
      severity: 'error',
      comment: 'Only the coordinator opens the database.',
      from: { path: ['^workers/', inRoom(['training', 'executor', 'engine', 'data', 'transfer'])] },
      to: { path: 'node_modules/better-sqlite3', reachable: true },
    },
  ],
  options: {
    exclude: { dynamic: true },
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: false,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
