/**
 * `superseded_epochs` of a trial: how many were trained of it and gave way, since its training could not go on from them: its
 * checkpoint was refused, or another sweep's result was taken over. A budget counts them.
 */
export const SUPERSEDED_EPOCHS = `
ALTER TABLE trials ADD COLUMN superseded_epochs INTEGER NOT NULL DEFAULT 0;
`;
