/**
 * What searches that learn have proposed, by sweep and search (the hash of all that its proposals depend on but results).
 * `seen`: a proposal follows from the results of the first so many of the same search. Those it saw are kept here, as they
 * were then, so that what was proposed can be followed whatever becomes of the trials: `is_seen` says that one has a result
 * that others saw, `value` is NULL where it had failed or diverged.
 *
 * `planned_trials` of a sweep: how many it is to come to, where they are not all known yet.
 */
export const PROPOSALS = `
CREATE TABLE proposals (
  sweep_key INTEGER NOT NULL REFERENCES sweeps (key),
  search TEXT NOT NULL,
  position INTEGER NOT NULL,
  config_id TEXT NOT NULL,
  parameters TEXT NOT NULL CHECK (json_valid(parameters)),
  sampler TEXT NOT NULL,
  seen INTEGER NOT NULL,
  proposed_at TEXT NOT NULL,
  is_seen INTEGER NOT NULL DEFAULT 0 CHECK (is_seen IN (0, 1)),
  value REAL,
  error REAL,
  PRIMARY KEY (sweep_key, search, position)
) STRICT, WITHOUT ROWID;
ALTER TABLE sweeps ADD COLUMN planned_trials INTEGER;
`;
