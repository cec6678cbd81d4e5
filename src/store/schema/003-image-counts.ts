/**
 * What a trial trained on, beside its result. The counts are what the settings came to: NULL in rows of older versions
 * until the next plan that is saved. Columns are added at the end of a view, never in between.
 */
export const IMAGE_COUNTS = `
ALTER TABLE trials ADD COLUMN train_images INTEGER;
ALTER TABLE trials ADD COLUMN validation_images INTEGER;

DROP VIEW v_trials;
CREATE VIEW v_trials (
  sweep, trial, config_id, seed, state, cause, params, elbo, reconstruction, kl,
  best_epoch, epochs, seconds, device, attempts,
  dataset, binarization, train_images, validation_images, batch_size, clip_norm, planned_epochs
) AS
SELECT s.name, t.trial_id, t.config_id, t.seed, t.state, t.cause, t.config -> '$.parameters', t.elbo, t.reconstruction, t.kl,
  t.best_epoch, t.epochs, t.seconds, a.device, t.attempts,
  t.config ->> '$.dataset.name', t.config ->> '$.dataset.binarization', t.train_images, t.validation_images,
  -- Older versions kept the size that was asked for, and trained with no more than there were images.
  coalesce(min(t.config ->> '$.train.batch_size', t.train_images), t.config ->> '$.train.batch_size'),
  t.config ->> '$.train.clip_norm', t.config ->> '$.train.epochs'
FROM sweeps s
JOIN trials t ON t.sweep_key = s.key AND t.in_plan = 1
LEFT JOIN attempts a ON a.trial_key = t.key AND a.attempt = t.attempts;
`;
