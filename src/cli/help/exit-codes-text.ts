/** What `sweep --help` itself says; help-topics.ts, which loads the schema, has the rest. */
export const EXIT_CODES_TEXT =
  'Exit codes:\n  0  done\n  1  unexpected failure\n' +
  '  2  usage, spec, data or device error; nothing was started\n' +
  '  3  some trials failed or diverged, a test evaluation or --again failed, or weights are gone\n  4  nothing found\n' +
  '  5  database problem, or another coordinator runs this sweep\n  130, 143  interrupted after saving (128 + the signal: also 129, 138, 140)';

export const TOPIC_NAMES = ['spec', 'metrics', 'exit-codes'] as const;
export type Topic = (typeof TOPIC_NAMES)[number];
