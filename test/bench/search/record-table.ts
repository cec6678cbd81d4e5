/**
 * `node test/bench/search/record-table.ts [RESULTS]`: trains the 576 configurations of sprites-mini.yaml, or goes on with
 * that, and writes sprites-mini.csv: a line a configuration, with val/elbo of each epoch; none from where it diverged.
 * Fifteen minutes of one core.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { query } from '../../long/checks.ts';
import { AXES, EPOCHS, TABLE } from './vae-table.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const [results = path.join(tmpdir(), 'vae-table')] = process.argv.slice(2);

const spec = fileURLToPath(new URL('sprites-mini.yaml', import.meta.url));
execFileSync(path.join(ROOT, 'src/cli/sweep'), ['run', spec, '--results', results, '--device', 'cpu'], {
  stdio: 'inherit',
});

const names = AXES.map(({ name }) => name);
const trials = query(results, `select trial, ${names.join(', ')} from v_trials order by ${names.join(', ')}`) as {
  readonly [column: string]: string | number | null;
}[];
const elbos = query(results, `select trial, epoch, value from v_metrics where name = 'val/elbo'`) as {
  readonly trial: string;
  readonly epoch: number;
  readonly value: number;
}[];
const byTrial = Map.groupBy(elbos, ({ trial }) => trial);
const lines = trials.map((trial) => {
  const values = names.map((name) => String(trial[name] ?? '').replaceAll(',', ' '));
  const ofTrial = new Map(byTrial.get(String(trial['trial']))?.map(({ epoch, value }) => [epoch, value]));
  const curve = Array.from({ length: EPOCHS }, (_, i) => ofTrial.get(i + 1)?.toFixed(3) ?? '');
  return [...values, ...curve].join(',');
});
const head = [...names, ...Array.from({ length: EPOCHS }, (_, i) => `epoch ${i + 1}`)].join(',');
writeFileSync(TABLE, `${[head, ...lines].join('\n')}\n`);
process.stdout.write(`${lines.length} configurations\n`);
