/** What `sweep doctor` found out about one thing. A `problem` keeps sweeps from running; a `warning` may matter. */
export type FindingStatus = 'ok' | 'warning' | 'problem';

export interface DoctorFinding {
  readonly topic: 'node' | 'device' | 'engine' | 'choice' | 'results' | 'database' | 'data' | 'redis';
  readonly status: FindingStatus;
  readonly text: string;
  /** What to do about it. */
  readonly fix: string | null;
}

export function ok(topic: DoctorFinding['topic'], text: string): DoctorFinding {
  return { topic, status: 'ok', text, fix: null };
}

export function warning(topic: DoctorFinding['topic'], text: string, fix: string | null): DoctorFinding {
  return { topic, status: 'warning', text, fix };
}

export function problem(topic: DoctorFinding['topic'], text: string, fix: string): DoctorFinding {
  return { topic, status: 'problem', text, fix };
}
