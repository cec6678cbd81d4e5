import { LEFT_RUNNING_CAUSE, SILENCE_SECONDS } from './002-every-trial.ts';

/** A trial `t` that was completed before and is trained again on demand: its result is kept, and is not what its state tells of. */
export const IS_TRAINED_AGAIN = `(t.state <> 'completed' AND t.kl_per_dimension IS NOT NULL)`;

const ofState = (column: string, otherwise = 'NULL'): string => `iif(${IS_TRAINED_AGAIN}, ${otherwise}, t.${column})`;

/** The views' figures are of the training that the state tells of. */
export const TRAINED_AGAIN = `
DROP VIEW v_trials;
CREATE VIEW v_trials (
  sweep, trial, config_id, seed, state, cause, params, elbo, reconstruction, kl,
  best_epoch, epochs, seconds, device, attempts, in_plan,
  dataset, binarization, train_images, validation_images, batch_size, clip_norm, planned_epochs, numerics_version
) AS
SELECT s.name, t.trial_id, t.config_id, t.seed,
  iif(t.state = 'running' AND NOT s.is_alive, 'queued', t.state),
  iif(t.state = 'running' AND NOT s.is_alive, '${LEFT_RUNNING_CAUSE}', t.cause),
  t.config -> '$.parameters', ${ofState('elbo')}, ${ofState('reconstruction')}, ${ofState('kl')},
  ${ofState('best_epoch')}, ${ofState('epochs', '0')}, ${ofState('seconds', '0.0')}, a.device,
  coalesce(o.attempts, t.attempts), t.in_plan,
  t.config ->> '$.dataset.name', t.config ->> '$.dataset.binarization', t.train_images, t.validation_images,
  -- Older versions kept the size that was asked for, and trained with no more than there were images.
  coalesce(min(t.config ->> '$.train.batch_size', t.train_images), t.config ->> '$.train.batch_size'),
  t.config ->> '$.train.clip_norm', t.config ->> '$.train.epochs', t.numerics_version
FROM (
  SELECT key, name, state = 'running'
    AND (julianday('now') - julianday(heartbeat_at)) * 86400 <= ${SILENCE_SECONDS} AS is_alive
  FROM sweeps
) s
JOIN trials t ON t.sweep_key = s.key
LEFT JOIN sweeps os ON os.name = t.reused_from
LEFT JOIN trials o ON o.trial_id = t.trial_id AND o.sweep_key = os.key
LEFT JOIN attempts a ON a.trial_key = coalesce(o.key, t.key) AND a.attempt = coalesce(o.attempts, t.attempts);

DROP VIEW v_metrics;
CREATE VIEW v_metrics (sweep, trial, attempt, epoch, step, name, value) AS
SELECT s.name, t.trial_id, e.attempt, e.epoch, e.step, m.name, m.value
FROM sweeps s
JOIN trials t ON t.sweep_key = s.key
JOIN epochs e ON e.trial_key = t.key
JOIN metrics m ON m.trial_key = e.trial_key AND m.epoch = e.epoch
WHERE NOT ${IS_TRAINED_AGAIN};
`;
