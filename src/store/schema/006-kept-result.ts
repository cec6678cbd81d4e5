import { TRAINED_AGAIN } from './005-trained-again.ts';

/** Of the attempts at `trial`: the one that gave the result where `t` is completed, since a later one may have come to nothing; else the last. */
export const attemptShown = (trial: string): string => `(
  SELECT r.attempt FROM attempts r WHERE r.trial_key = ${trial}
  ORDER BY r.outcome IS 'completed' AND t.state = 'completed' DESC, r.attempt DESC LIMIT 1
)`;

/** A result that was taken over stays so until one of the sweep's own is there, also while it is out of sight. */
export const TAKEN_FROM = `t.state = 'completed' AND os.name = t.reused_from`;

/** The view of 005, with the device of the attempt that gave the result. A migration's text is frozen, so all is found. */
export const KEPT_RESULT = TRAINED_AGAIN.slice(0, TRAINED_AGAIN.indexOf('DROP VIEW v_metrics'))
  .replace('os.name = t.reused_from', TAKEN_FROM)
  .replace('a.attempt = coalesce(o.attempts, t.attempts)', `a.attempt = ${attemptShown('coalesce(o.key, t.key)')}`);
