/**
 * Optuna's relational storage, of schema version 12 (Optuna 3.0 to 4.x). There is no `alembic_version`: an Optuna that
 * finds none, but its own schema version, puts down the revision that it expects, so that each of them opens the file.
 */
const key = (name: string): string => `${name} INTEGER NOT NULL PRIMARY KEY`;
const STUDY = 'study_id INTEGER REFERENCES studies (study_id)';
const TRIAL = 'trial_id INTEGER REFERENCES trials (trial_id)';
const attributes = (of: 'study' | 'trial', kind: 'user' | 'system'): string => `
CREATE TABLE ${of}_${kind}_attributes (
  ${key(`${of}_${kind}_attribute_id`)}, ${of === 'study' ? STUDY : TRIAL}, "key" VARCHAR(512), value_json TEXT,
  UNIQUE (${of}_id, "key")
);`;

export const OPTUNA_SCHEMA = `
CREATE TABLE version_info (
  version_info_id INTEGER NOT NULL PRIMARY KEY CHECK (version_info_id = 1), schema_version INTEGER,
  library_version VARCHAR(256)
);
INSERT INTO version_info VALUES (1, 12, '3.1.0');
CREATE TABLE studies (${key('study_id')}, study_name VARCHAR(512) NOT NULL);
CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
CREATE TABLE study_directions (
  ${key('study_direction_id')}, direction VARCHAR(8) NOT NULL, study_id INTEGER NOT NULL REFERENCES studies (study_id),
  objective INTEGER NOT NULL, UNIQUE (study_id, objective)
);
${attributes('study', 'user')}${attributes('study', 'system')}
CREATE TABLE trials (
  ${key('trial_id')}, number INTEGER, ${STUDY}, state VARCHAR(8) NOT NULL, datetime_start DATETIME,
  datetime_complete DATETIME
);
CREATE INDEX trials_study_id_key ON trials (study_id);
${attributes('trial', 'user')}${attributes('trial', 'system')}
CREATE TABLE trial_params (
  ${key('param_id')}, ${TRIAL}, param_name VARCHAR(512), param_value FLOAT, distribution_json TEXT,
  UNIQUE (trial_id, param_name)
);
CREATE TABLE trial_values (
  ${key('trial_value_id')}, trial_id INTEGER NOT NULL REFERENCES trials (trial_id), objective INTEGER NOT NULL,
  value FLOAT, value_type VARCHAR(7) NOT NULL, UNIQUE (trial_id, objective)
);
CREATE TABLE trial_intermediate_values (
  ${key('trial_intermediate_value_id')}, trial_id INTEGER NOT NULL REFERENCES trials (trial_id), step INTEGER NOT NULL,
  intermediate_value FLOAT, intermediate_value_type VARCHAR(7) NOT NULL, UNIQUE (trial_id, step)
);
CREATE TABLE trial_heartbeats (
  ${key('trial_heartbeat_id')}, trial_id INTEGER NOT NULL UNIQUE REFERENCES trials (trial_id),
  heartbeat DATETIME NOT NULL
);
`;
