/**
 * Who was pruned, and why (search/halving.ts). One row for each configuration at each rung that its cohort was judged at;
 * `pruning` is a hash of all that judging depends on but results, so another way to prune begins anew. `value` is the
 * mean of `metric` over the configuration's seeds after `epoch`, NULL where one had failed or diverged and where it was not
 * judged; `place` is its place among so many that it was compared with.
 *
 * `paused_at` of a queued trial: it waits after this epoch, with its checkpoint, until its cohort is judged. `is_revived`:
 * it trains to its last epoch whatever is judged.
 */
export const VERDICTS = `
CREATE TABLE verdicts (
  sweep_key INTEGER NOT NULL REFERENCES sweeps (key),
  pruning TEXT NOT NULL,
  cohort INTEGER NOT NULL,
  rung INTEGER NOT NULL,
  config_id TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  metric TEXT NOT NULL,
  value REAL,
  place INTEGER,
  among INTEGER,
  verdict TEXT NOT NULL CHECK (verdict IN ('promoted', 'pruned', 'not judged')),
  decided_at TEXT NOT NULL,
  PRIMARY KEY (sweep_key, pruning, cohort, rung, config_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX verdicts_of_configuration ON verdicts (sweep_key, config_id);
ALTER TABLE trials ADD COLUMN paused_at INTEGER;
ALTER TABLE trials ADD COLUMN is_revived INTEGER NOT NULL DEFAULT 0 CHECK (is_revived IN (0, 1));
`;
