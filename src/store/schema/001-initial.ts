/**
 * The first schema. A migration is frozen once released: change the schema by adding the next one.
 *
 * Times are ISO 8601 in UTC. `trials.key` is a compact stand-in for (sweep, trial), because metrics repeat it by the
 * million. An epoch is recorded once per trial, whichever attempt did it: a row in `epochs` says that all its metrics
 * are there. NaN would turn into NULL here, so every metric is NOT NULL; a trial that stops being finite is `diverged`.
 * Only the views are an interface for other programs.
 */
export const INITIAL_SCHEMA = `
CREATE TABLE sweeps (
  key INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('running', 'interrupted', 'finished', 'failed')),
  metric TEXT NOT NULL,
  goal TEXT NOT NULL CHECK (goal IN ('maximize', 'minimize')),
  evaluate_test TEXT NOT NULL CHECK (evaluate_test IN ('selected', 'all')),
  spec_text TEXT NOT NULL,
  overrides TEXT NOT NULL CHECK (json_valid(overrides)),
  swept TEXT NOT NULL CHECK (json_valid(swept)),
  dataset_fingerprint TEXT NOT NULL,
  created_at TEXT NOT NULL,
  started_at TEXT NOT NULL,
  ended_at TEXT,
  -- The coordinator; all three are there exactly while one claims to be running.
  host TEXT,
  pid INTEGER,
  heartbeat_at TEXT,
  CHECK ((state = 'running') = (host IS NOT NULL AND pid IS NOT NULL AND heartbeat_at IS NOT NULL))
) STRICT;

CREATE TABLE trials (
  key INTEGER PRIMARY KEY,
  sweep_key INTEGER NOT NULL REFERENCES sweeps (key),
  trial_id TEXT NOT NULL,
  config_id TEXT NOT NULL,
  seed INTEGER NOT NULL,
  -- Place in the plan that last named this trial, and whether the current plan does.
  position INTEGER NOT NULL,
  in_plan INTEGER NOT NULL CHECK (in_plan IN (0, 1)),
  state TEXT NOT NULL
    CHECK (state IN ('queued', 'running', 'completed', 'pruned', 'diverged', 'failed', 'cancelled')),
  cause TEXT,
  -- JSON in the user's spelling: { parameters, train, dataset }.
  config TEXT NOT NULL CHECK (json_valid(config)),
  -- Number of the last attempt.
  attempts INTEGER NOT NULL DEFAULT 0,
  epochs INTEGER NOT NULL DEFAULT 0,
  seconds REAL NOT NULL DEFAULT 0,
  -- Copies of the validation metrics at the best epoch.
  best_epoch INTEGER,
  elbo REAL,
  reconstruction REAL,
  kl REAL,
  -- NULL is spelled out because json_valid(NULL) is 0 in older SQLite releases, whose shells users open this with.
  kl_per_dimension TEXT CHECK (kl_per_dimension IS NULL OR json_valid(kl_per_dimension)),
  trainable_weights INTEGER,
  reused_from TEXT,
  UNIQUE (trial_id, sweep_key)
) STRICT;
CREATE UNIQUE INDEX trials_in_plan ON trials (sweep_key, position) WHERE in_plan = 1;

CREATE TABLE attempts (
  trial_key INTEGER NOT NULL REFERENCES trials (key),
  attempt INTEGER NOT NULL,
  -- Known once the attempt's job has started.
  device TEXT,
  engine TEXT,
  provider TEXT,
  started_at TEXT NOT NULL,
  ended_at TEXT,
  outcome TEXT
    CHECK (outcome IN ('completed', 'pruned', 'diverged', 'failed', 'cancelled', 'requeued', 'lost')),
  cause TEXT,
  PRIMARY KEY (trial_key, attempt),
  CHECK ((ended_at IS NULL) = (outcome IS NULL))
) STRICT, WITHOUT ROWID;
-- A trial has at most one open attempt.
CREATE UNIQUE INDEX attempts_open ON attempts (trial_key) WHERE ended_at IS NULL;

CREATE TABLE epochs (
  trial_key INTEGER NOT NULL REFERENCES trials (key),
  epoch INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  step INTEGER NOT NULL,
  seconds REAL NOT NULL,
  PRIMARY KEY (trial_key, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE metrics (
  trial_key INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  name TEXT NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (trial_key, epoch, name),
  FOREIGN KEY (trial_key, epoch) REFERENCES epochs (trial_key, epoch)
) STRICT, WITHOUT ROWID;

CREATE VIEW v_trials (
  sweep, trial, config_id, seed, state, cause, params, elbo, reconstruction, kl,
  best_epoch, epochs, seconds, device, attempts
) AS
SELECT s.name, t.trial_id, t.config_id, t.seed, t.state, t.cause, t.config -> '$.parameters', t.elbo, t.reconstruction, t.kl,
  t.best_epoch, t.epochs, t.seconds, a.device, t.attempts
FROM sweeps s
JOIN trials t ON t.sweep_key = s.key AND t.in_plan = 1
LEFT JOIN attempts a ON a.trial_key = t.key AND a.attempt = t.attempts;

CREATE VIEW v_metrics (sweep, trial, attempt, epoch, step, name, value) AS
SELECT s.name, t.trial_id, e.attempt, e.epoch, e.step, m.name, m.value
FROM sweeps s
JOIN trials t ON t.sweep_key = s.key AND t.in_plan = 1
JOIN epochs e ON e.trial_key = t.key
JOIN metrics m ON m.trial_key = e.trial_key AND m.epoch = e.epoch;
`;
