/**
 * `node test/bench/search/record-table.ts [RESULTS]`: trains the 576 configurations of sprites-mini.yaml, or goes on with
 * that, and writes sprites-mini.csv: a line a configuration, with val/elbo of each epoch; none from where it diverged.
 * An hour of one core.
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
const trials = query(results, `select trial, params from v_trials where state <> 'failed'`) as {
  readonly trial: string;
  readonly params: string;
}[];
const elbos = query(results, `select trial, epoch, value from v_metrics where name = 'val/elbo'`) as {
  readonly trial: string;
  readonly epoch: number;
  readonly value: number;
}[];
const byTrial = Map.groupBy(elbos, ({ trial }) => trial);
const lines = trials.map((trial) => {
  const ofTrial = new Map(byTrial.get(trial.trial)?.map(({ epoch, value }) => [epoch, value]));
  const curve = Array.from({ length: EPOCHS }, (_, i) => ofTrial.get(i + 1)?.toFixed(3) ?? '');
  return [...namesOf(trial.params), ...curve].join(',');
});
const head = [...names, ...Array.from({ length: EPOCHS }, (_, i) => `epoch ${i + 1}`)].join(',');
writeFileSync(TABLE, `${[head, ...lines].join('\n')}\n`);
process.stdout.write(`${lines.length} configurations\n`);

/** Values by which vae-table.ts knows them; none for what the architecture has not. */
function namesOf(params: string): string[] {
  const values = JSON.parse(params) as Readonly<Record<string, string | number | readonly number[] | undefined>>;
  return names.map((name) => {
    const value = values[name];
    if (value === undefined) return '';
    return typeof value === 'object' ? `[${value.join(' ')}]` : String(value);
  });
}
