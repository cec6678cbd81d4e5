/** What each `sweep run` was: which program, on what, of which commit. */
export const RUNS = `
CREATE TABLE runs (
  key INTEGER PRIMARY KEY,
  sweep_key INTEGER NOT NULL REFERENCES sweeps (key),
  started_at TEXT NOT NULL,
  -- Absent while it runs, and for ever where it was killed.
  ended_at TEXT,
  outcome TEXT CHECK (outcome IN ('finished', 'interrupted', 'failed')),
  spec_text TEXT NOT NULL,
  overrides TEXT NOT NULL CHECK (json_valid(overrides)),
  host TEXT NOT NULL,
  -- By name: vae-sweep, node, onnxruntime-node.
  versions TEXT NOT NULL CHECK (json_valid(versions)),
  platform TEXT NOT NULL,
  processor TEXT NOT NULL,
  cores INTEGER NOT NULL,
  -- Of the folder of the spec; null where that is in no Git repository. Changes: a hash of what is not committed, or null.
  git_commit TEXT,
  git_changes TEXT,
  CHECK ((ended_at IS NULL) = (outcome IS NULL))
) STRICT;
CREATE INDEX runs_of_sweep ON runs (sweep_key, started_at);
`;
