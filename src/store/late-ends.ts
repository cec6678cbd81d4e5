import type { LateEnd } from '../trial/late-end.ts';

/** One that is on record. */
export interface LateEndRecord extends Omit<LateEnd, 'trial'> {
  readonly toldAt: Date;
}

/** A row of `LATE_ENDS_OF`. */
export interface LateEndRow extends Omit<LateEndRecord, 'toldAt' | 'metrics'> {
  readonly toldAt: string;
  readonly metrics: string;
}

/** Of a trial in a sweep, as they were told. */
export const LATE_ENDS_OF = `SELECT l.attempt, l.execution, l.device, l.told_at AS toldAt, l.outcome, l.cause, l.epoch, l.metrics
FROM late_ends l JOIN trials t ON t.key = l.trial_key JOIN sweeps s ON s.key = t.sweep_key
WHERE t.trial_id = ? AND s.name = ? ORDER BY l.told_at, l.execution`;

export function lateEndRecord({ toldAt, metrics, ...row }: LateEndRow): LateEndRecord {
  return { ...row, toldAt: new Date(toldAt), metrics: JSON.parse(metrics) as LateEndRecord['metrics'] };
}
