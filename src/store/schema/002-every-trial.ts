/**
 * A coordinator on another host, or one that only SQL looks at, counts as gone when it was silent for so long. Part of
 * the view below, so it changes by a migration only.
 */
export const SILENCE_SECONDS = 60;

/** Why an attempt that its coordinator left open is lost, and why the trial is queued. */
export const GONE_CAUSE = 'its coordinator is gone';
export const LEFT_RUNNING_CAUSE = `${GONE_CAUSE}; the next run goes on with it`;

/**
 * The views show every trial of a sweep, those outside of its present plan too (`in_plan` 0). What a coordinator that is
 * gone left running is shown as queued; a view sees heartbeats only, so that takes until `SILENCE_SECONDS` after the
 * last one. A result that was taken over has the device and the attempts of the sweep that trained it.
 *
 * An attempt that was lost with its device is `lost`, like one that was lost with its coordinator.
 */
export const EVERY_TRIAL = `
UPDATE attempts SET outcome = 'lost'
WHERE outcome = 'requeued' AND cause LIKE 'lost: %' OR outcome = 'failed' AND cause LIKE 'lost % attempts in a row: %';

CREATE INDEX trials_outside_plan ON trials (sweep_key, position) WHERE in_plan = 0;

DROP VIEW v_trials;
CREATE VIEW v_trials (
  sweep, trial, config_id, seed, state, cause, params, elbo, reconstruction, kl,
  best_epoch, epochs, seconds, device, attempts, in_plan
) AS
SELECT s.name, t.trial_id, t.config_id, t.seed,
  iif(t.state = 'running' AND NOT s.is_alive, 'queued', t.state),
  iif(t.state = 'running' AND NOT s.is_alive, '${LEFT_RUNNING_CAUSE}', t.cause),
  t.config -> '$.parameters', t.elbo, t.reconstruction, t.kl, t.best_epoch, t.epochs, t.seconds, a.device,
  coalesce(o.attempts, t.attempts), t.in_plan
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
JOIN metrics m ON m.trial_key = e.trial_key AND m.epoch = e.epoch;
`;
