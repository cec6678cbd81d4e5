/** Calls `callback` once after `delayMs`, unless the returned function is called before. Tests give their own. */
export type SetTimer = (delayMs: number, callback: () => void) => () => void;

export const systemTimer: SetTimer = (delayMs, callback) => {
  const timer = setTimeout(callback, delayMs);
  return () => clearTimeout(timer);
};
