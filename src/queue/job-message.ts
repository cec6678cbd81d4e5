import path from 'node:path';
import type { TrialJob } from '../trial/job.ts';
import type { JobMessage } from './messages.ts';

/** A job as an agent gets it: without paths of this machine's, but those of a user's own images. */
export function jobMessage(job: TrialJob, to: Pick<JobMessage, 'uid' | 'run' | 'execution' | 'device'>): JobMessage {
  const { kind, trial, attempt, seed, alone = false, config, dataset } = job;
  const names = Object.entries(dataset.files).map(([role, file]) => [role, path.basename(file)]);
  const files = Object.fromEntries(names) as JobMessage['dataset']['files'];
  return {
    type: 'job',
    ...to,
    kind,
    trial,
    attempt,
    seed,
    alone,
    ...(job.kind === 'train' && job.pauseAt !== undefined && { pauseAt: job.pauseAt }),
    config,
    dataset: { fingerprint: dataset.fingerprint, files, ...(dataset.labels && { labels: dataset.labels }) },
  };
}
