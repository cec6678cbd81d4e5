/**
 * What users say of their results: tags and notes, of a sweep by its name and of a trial by its id, in whichever sweeps it
 * is. A coordinator neither reads nor writes them.
 */
export const USER_MARKS = `
CREATE TABLE user_tags (
  kind TEXT NOT NULL CHECK (kind IN ('sweep', 'trial')),
  name TEXT NOT NULL,
  tag TEXT NOT NULL,
  PRIMARY KEY (kind, name, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE user_notes (
  kind TEXT NOT NULL CHECK (kind IN ('sweep', 'trial')),
  name TEXT NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
`;
