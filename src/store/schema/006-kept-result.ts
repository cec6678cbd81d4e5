import { TRAINED_AGAIN } from './005-trained-again.ts';

/**
 * Of the attempts at trial `t`, or at `o` whose result it took over: the one that gave the result where it is completed,
 * since a later one may have come to nothing; else the last. (SQLite 3.40, Debian's, finds no `t` in an ORDER BY here.)
 */
export const ATTEMPT_SHOWN = `coalesce(
  (SELECT max(r.attempt) FROM attempts r
   WHERE r.trial_key = coalesce(o.key, t.key) AND r.outcome = 'completed' AND t.state = 'completed'),
  o.attempts, t.attempts
)`;

/** A result that was taken over stays so until one of the sweep's own is there, also while it is out of sight. */
export const TAKEN_FROM = `t.state = 'completed' AND os.name = t.reused_from`;

/** The view of 005, with the device and origin of the result that stands. A migration's text is frozen, so all is found. */
export const KEPT_RESULT = TRAINED_AGAIN.slice(0, TRAINED_AGAIN.indexOf('DROP VIEW v_metrics'))
  .replace('os.name = t.reused_from', TAKEN_FROM)
  .replace('a.attempt = coalesce(o.attempts, t.attempts)', `a.attempt = ${ATTEMPT_SHOWN}`);
