/**
 * How attempts ended at their agents after they had been given up (trial/late-end.ts): kept beside the results, and counted
 * nowhere. By execution, since the number of an attempt that was taken back is another's later.
 */
export const LATE_ENDS = `
CREATE TABLE late_ends (
  execution TEXT PRIMARY KEY,
  trial_key INTEGER NOT NULL REFERENCES trials (key),
  attempt INTEGER NOT NULL,
  device TEXT NOT NULL,
  told_at TEXT NOT NULL,
  outcome TEXT NOT NULL,
  cause TEXT,
  epoch INTEGER NOT NULL,
  metrics TEXT NOT NULL CHECK (json_valid(metrics))
) STRICT, WITHOUT ROWID;
CREATE INDEX late_ends_of_trial ON late_ends (trial_key);
`;
