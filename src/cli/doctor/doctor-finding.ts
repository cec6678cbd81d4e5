/** What `sweep doctor` found out about one thing. A `problem` keeps sweeps from running; a `warning` may matter. */
export type FindingStatus = 'ok' | 'warning' | 'problem';

export interface Finding {
  readonly topic: 'node' | 'device' | 'engine' | 'choice' | 'results' | 'database' | 'data' | 'redis';
  readonly status: FindingStatus;
  readonly text: string;
  /** What to do about it. */
  readonly fix: string | null;
}

export function ok(topic: Finding['topic'], text: string): Finding {
  return { topic, status: 'ok', text, fix: null };
}

export function warning(topic: Finding['topic'], text: string, fix: string | null): Finding {
  return { topic, status: 'warning', text, fix };
}

export function problem(topic: Finding['topic'], text: string, fix: string): Finding {
  return { topic, status: 'problem', text, fix };
}
