/**
 * What training and runs took of processors, in seconds. Of an epoch, and summed of a trial's epochs, as `seconds` has their
 * wall time: the trial's thread (training/stopwatch.ts). Of a run: its processes (process-cpu.ts). NULL where any part of it
 * is not known, as in all that earlier versions recorded.
 */
export const CPU_SECONDS = `
ALTER TABLE epochs ADD COLUMN cpu_seconds REAL;
ALTER TABLE trials ADD COLUMN cpu_seconds REAL DEFAULT 0;
UPDATE trials SET cpu_seconds = NULL WHERE epochs > 0;
ALTER TABLE runs ADD COLUMN cpu_seconds REAL;
`;
