/** What a sweep that was struck must come to: all that one has which was left alone, to the last bit. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ResultsLayout } from '../../src/files/paths.ts';
import { TRIAL_FILES } from '../../src/files/trial-files.ts';
import { checkDatabase } from '../../src/store/integrity.ts';
import { check, query } from './checks.ts';

/** `calm` and `results`: results folders. */
export function checkSame(title: string, calm: string, results: string, sweep: string): void {
  for (const [what, sql] of Object.entries({
    trials: 'select trial,state,elbo,kl,reconstruction from v_trials order by trial',
    metrics: 'select trial,epoch,step,name,value from v_metrics order by trial,epoch,name',
  })) {
    const [expected, found] = [query(calm, sql), query(results, sql)].map((rows) => JSON.stringify(rows));
    check(`${title}: the same ${what}`, expected === found && found!.length > 2);
  }
  // Not the checkpoints, of which agents bring those of long trials alone, and which hold how long it took.
  const weights = (root: string): string[] =>
    readdirSync(path.join(root, sweep), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.safetensors') || file.endsWith('.png') || file.endsWith('.part'))
      .filter((file) => path.basename(file) !== TRIAL_FILES.checkpoint)
      .sort()
      .map((file) => `${file} ${readFileSync(path.join(root, sweep, file), 'base64')}`);
  check(`${title}: the same files`, JSON.stringify(weights(calm)) === JSON.stringify(weights(results)));
  const twice = query(
    results,
    `select t.trial_id from trials t join attempts a on a.trial_key = t.key
     group by t.key having sum(a.outcome = 'completed') <> 1`,
  );
  check(`${title}: every trial ran to completion once`, twice.length === 0, twice);
  const problems = checkDatabase(new ResultsLayout(results));
  check(`${title}: the database is sound`, problems.length === 0, problems);
}
