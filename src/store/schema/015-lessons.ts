/**
 * What searches began from: configurations of other sweeps (`learn_from` of a spec), in order, as they were when the search
 * was first run. So the same is proposed whatever becomes of those sweeps. `value` is the mean of the search's metric, NULL
 * where a seed had failed or diverged; `error` its standard error, NULL where that isn't known.
 */
export const LESSONS = `
CREATE TABLE lessons (
  sweep_key INTEGER NOT NULL REFERENCES sweeps (key),
  search TEXT NOT NULL,
  position INTEGER NOT NULL,
  learnt_from TEXT NOT NULL,
  config_id TEXT NOT NULL,
  parameters TEXT NOT NULL CHECK (json_valid(parameters)),
  value REAL,
  error REAL,
  PRIMARY KEY (sweep_key, search, position)
) STRICT, WITHOUT ROWID;
`;
