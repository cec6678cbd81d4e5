import type Database from 'better-sqlite3';
import { annealing } from '../metrics/annealing.ts';
import { metricName } from '../metrics/index.ts';
import { isBetterEpoch, type EpochScore } from '../trial/best-epoch.ts';
import type { EpochRecord } from '../trial/trial.ts';

/** An epoch that has it can't be the best. */
const ANNEALING = metricName('train', annealing);

/** What a trial's row says about its best epoch. */
export interface BestColumns {
  readonly best_epoch: number | null;
  readonly elbo: number | null;
  readonly reconstruction: number | null;
  readonly kl: number | null;
}

export type Metrics = Readonly<Record<string, number>>;

/** Writers of epochs and metrics, to be called within a transaction. */
export interface EpochWriter {
  /** Adds the epochs that the trial lacks, and moves its best epoch along. */
  record(trial: { readonly key: number } & BestColumns, attempt: number, epochs: readonly EpochRecord[]): void;
  /** Adds the metrics that a recorded epoch lacks. */
  add(trialKey: number, epoch: number, metrics: Metrics): void;
}

export function epochWriter(db: Database.Database): EpochWriter {
  const insertEpoch = db.prepare<
    [trialKey: number, epoch: number, attempt: number, step: number, seconds: number, cpuSeconds: number | null]
  >(
    `INSERT INTO epochs (trial_key, epoch, attempt, step, seconds, cpu_seconds) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (trial_key, epoch) DO NOTHING`,
  );
  const insertMetric = db.prepare<[trialKey: number, epoch: number, name: string, value: number]>(
    `INSERT INTO metrics (trial_key, epoch, name, value) VALUES (?, ?, ?, ?)
     ON CONFLICT (trial_key, epoch, name) DO NOTHING`,
  );
  // What is unknown of one epoch is unknown of them all: NULL stays so.
  const advance = db.prepare<[BestColumns & { key: number; count: number; seconds: number; cpu: number | null }]>(
    `UPDATE trials SET epochs = epochs + @count, seconds = seconds + @seconds, cpu_seconds = cpu_seconds + @cpu,
       best_epoch = @best_epoch, elbo = @elbo, reconstruction = @reconstruction, kl = @kl WHERE key = @key`,
  );

  const add = (trialKey: number, epoch: number, metrics: Metrics): void => {
    for (const [name, value] of Object.entries(metrics)) {
      if (!Number.isFinite(value)) throw new Error(`${name} is ${value} in epoch ${epoch}: a trial diverged unnoticed`);
      insertMetric.run(trialKey, epoch, name, value);
    }
  };

  const record: EpochWriter['record'] = (trial, attempt, epochs) => {
    let best: BestColumns = trial;
    let count = 0;
    let seconds = 0;
    let cpu: number | null = 0;
    for (const record of epochs) {
      const { cpuSeconds = null } = record;
      const row = [trial.key, record.epoch, attempt, record.step, record.seconds, cpuSeconds] as const;
      if (insertEpoch.run(...row).changes === 0) continue;
      add(trial.key, record.epoch, record.metrics);
      best = better(best, record);
      count++;
      seconds += record.seconds;
      cpu = cpu === null || cpuSeconds === null ? null : cpu + cpuSeconds;
    }
    const { best_epoch, elbo, reconstruction, kl } = best;
    if (count > 0) advance.run({ key: trial.key, count, seconds, cpu, best_epoch, elbo, reconstruction, kl });
  };

  return { record, add };
}

/** Makes a trial one that has no epochs beyond `last`, by default none, within a transaction. */
export type ForgetEpochs = (trialKey: number, last?: number) => void;

export function epochForgetter(db: Database.Database): ForgetEpochs {
  const metrics = db.prepare<[trialKey: number, last: number]>('DELETE FROM metrics WHERE trial_key = ? AND epoch > ?');
  const epochs = db.prepare<[trialKey: number, last: number]>('DELETE FROM epochs WHERE trial_key = ? AND epoch > ?');
  const kept = db.prepare<[trialKey: number], EpochScore>(
    `SELECT e.epoch, m.value AS elbo FROM epochs e
     LEFT JOIN metrics m ON m.trial_key = e.trial_key AND m.epoch = e.epoch AND m.name = 'val/elbo' WHERE e.trial_key = ?
       AND NOT EXISTS (SELECT 1 FROM metrics a WHERE a.trial_key = e.trial_key AND a.epoch = e.epoch AND a.name = '${ANNEALING}')`,
  );
  const count = db.prepare<[{ key: number; best: number | null }]>(
    `UPDATE trials SET
       epochs = (SELECT count(*) FROM epochs WHERE trial_key = @key),
       seconds = (SELECT coalesce(sum(seconds), 0) FROM epochs WHERE trial_key = @key),
       cpu_seconds = (SELECT iif(count(*) = count(cpu_seconds), coalesce(sum(cpu_seconds), 0), NULL)
         FROM epochs WHERE trial_key = @key),
       best_epoch = @best
     WHERE key = @key`,
  );
  const atBest = (name: string): string =>
    `(SELECT value FROM metrics WHERE trial_key = @key AND epoch = best_epoch AND name = '${name}')`;
  const copyBest = db.prepare<[{ key: number }]>(
    `UPDATE trials SET elbo = ${atBest('val/elbo')}, reconstruction = ${atBest('val/reconstruction')},
       kl = ${atBest('val/kl')} WHERE key = @key`,
  );
  return (key, last = 0) => {
    for (const statement of [metrics, epochs]) statement.run(key, last);
    const [best] = kept.all(key).sort((a, b) => (isBetterEpoch(a, b) ? -1 : 1));
    count.run({ key, best: best?.epoch ?? null });
    copyBest.run({ key });
  };
}

function better(best: BestColumns, { epoch, metrics }: EpochRecord): BestColumns {
  if (ANNEALING in metrics) return best;
  const elbo = metrics['val/elbo'] ?? null;
  const { best_epoch } = best;
  if (best_epoch !== null && !isBetterEpoch({ epoch, elbo }, { epoch: best_epoch, elbo: best.elbo })) return best;
  const { 'val/reconstruction': reconstruction = null, 'val/kl': kl = null } = metrics;
  return { best_epoch: epoch, elbo, reconstruction, kl };
}
