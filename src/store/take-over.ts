import type Database from 'better-sqlite3';
import { epochForgetter } from './epoch-writer.ts';

/**
 * Gives one sweep's row of a trial (`key`) the result of another's (`source`), which is completed; within a transaction.
 * Epochs that it had of its own are forgotten, its attempts are not.
 */
export type TakeOver = (key: number, source: number) => void;

export function takeOverWriter(db: Database.Database): TakeOver {
  const forgetEpochs = epochForgetter(db);
  const trial = db.prepare<[{ key: number; source: number }]>(
    `UPDATE trials SET (state, cause, epochs, seconds, cpu_seconds, best_epoch, elbo, reconstruction, kl, kl_per_dimension,
       trainable_weights, reused_from) =
       (SELECT t.state, NULL, t.epochs, t.seconds, t.cpu_seconds, t.best_epoch, t.elbo, t.reconstruction, t.kl, t.kl_per_dimension,
          t.trainable_weights, coalesce(t.reused_from, s.name)
        FROM trials t JOIN sweeps s ON s.key = t.sweep_key WHERE t.key = @source)
     WHERE key = @key`,
  );
  const epochs = db.prepare<[{ key: number; source: number }]>(
    `INSERT INTO epochs (trial_key, epoch, attempt, step, seconds, cpu_seconds)
     SELECT @key, epoch, attempt, step, seconds, cpu_seconds FROM epochs WHERE trial_key = @source`,
  );
  const metrics = db.prepare<[{ key: number; source: number }]>(
    `INSERT INTO metrics (trial_key, epoch, name, value)
     SELECT @key, epoch, name, value FROM metrics WHERE trial_key = @source`,
  );
  const supersede = db.prepare<[key: number]>(
    `UPDATE trials SET superseded_epochs = superseded_epochs + max(0, epochs - coalesce(went_on_after, 0)) WHERE key = ?`,
  );
  return (key, source) => {
    supersede.run(key);
    forgetEpochs(key);
    for (const statement of [trial, epochs, metrics]) statement.run({ key, source });
  };
}
