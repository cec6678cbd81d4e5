/**
 * A sweep that confirms its best configurations with more seeds (search/choose.ts). `phase` of a trial of its plan: `screen`
 * for those that everything is chosen by, `confirm` for those that the chosen ones are judged by; NULL in all other sweeps.
 *
 * `choices`: one row for each configuration that was chosen from, the first places of each family of likelihoods; `choice` is a
 * hash of all that these depend on but results. `value` is its mean over the screening seeds, NULL, as its place, where one of
 * these didn't complete; `place` is its place among so many of its family. So how many are confirmed, and by how many seeds,
 * can change without another choice.
 *
 * `went_on_from` of a trial: the one of fewer epochs whose checkpoint it began from; its first `went_on_after` epochs were trained there.
 */
export const PHASES = `
ALTER TABLE trials ADD COLUMN phase TEXT CHECK (phase IN ('screen', 'confirm'));
ALTER TABLE trials ADD COLUMN went_on_from TEXT;
ALTER TABLE trials ADD COLUMN went_on_after INTEGER;
CREATE TABLE choices (
  sweep_key INTEGER NOT NULL REFERENCES sweeps (key),
  choice TEXT NOT NULL,
  config_id TEXT NOT NULL,
  value REAL,
  place INTEGER,
  among INTEGER,
  decided_at TEXT NOT NULL,
  PRIMARY KEY (sweep_key, choice, config_id)
) STRICT, WITHOUT ROWID;
`;
