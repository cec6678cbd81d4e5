/** What people who come from elsewhere call the commands and flags here. */

/** Words that are no command, and the commands that do what they say. */
export const OTHER_COMMANDS: Readonly<Record<string, readonly string[]>> = spread({
  'best top winner rank ranking leaderboard results summary next suggest advise': [
    'sweep report --best',
    'sweep show best',
  ],
  'watch monitor tail progress follow': ['sweep status --watch', 'sweep logs'],
  'kill pause quit interrupt end': ['sweep stop'],
  'delete remove del clean prune purge': ['sweep rm NAME'],
  'train continue retry launch exec agent restart': ['sweep run SPEC'],
  'check validate estimate preview dry-run dryrun cost eta': ['sweep plan SPEC'],
  'new create setup quickstart': ['sweep init'],
  'dashboard ui view open web browser page html': ['sweep report --format html', 'sweep serve'],
  'latex tex paper table': ['sweep report --format latex', 'sweep compare --format latex'],
  'figure figures chart charts graph draw heatmap pdf': ['sweep plot PANEL -o FILE.svg'],
  'images pictures samples reconstructions traversals interpolations latents': ['sweep gallery'],
  'curves curve': ['sweep show best', 'sweep plot curves -o curves.svg'],
  'diff vs versus': ['sweep compare A B'],
  'interaction interactions sensitivity anova marginals': ['sweep effects'],
  'csv parquet tensorboard download': ['sweep export'],
  'trials trial runs history': ['sweep show'],
  'embed embeddings infer predict': ['sweep encode best -o FILE.npz'],
  'anomalies anomaly outliers': ['sweep score best'],
  onnx: ['sweep export best --format onnx -o DIR'],
  'datasets dataset': ['sweep data'],
  'metrics exit-codes spec': ['sweep help metrics', 'sweep help spec'],
  'last latest newest': ['sweep report', 'sweep show'],
  version: ['sweep --version'],
});

/** Flags that there are not: the flag in their place, or a sentence on it. */
export const OTHER_FLAGS: Readonly<Record<string, string>> = spread({
  'top limit head max count k': '--best',
  'sort sort-by order order-by rank metric rank-by': '--by',
  'filter only select query if': '--where',
  'out outfile file save to output-file': '--output',
  'workers jobs parallel concurrency num-workers threads procs j': '--slots',
  'gpu gpus cuda cpu accelerator': '--device',
  'dir outdir output-dir logdir results-dir storage db': '--results',
  'data-dir dataset-dir root': '--data',
  'follow f watch live tail': '`sweep status --watch` looks on while a sweep runs',
  'dry-run dryrun preview': '`sweep plan SPEC` says what would run',
  'resume continue': 'leave it out, `sweep run SPEC` goes on by itself',
  'force overwrite rerun': '`sweep rm` removes what is to be trained anew',
  'trials num-trials n-trials': 'write trials=N after the spec, with search=random',
  'v V': '--version',
});

/** One entry for each word of a key. */
function spread<Value>(entries: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(entries).flatMap(([words, value]) => words.split(' ').map((word) => [word, value])),
  );
}
