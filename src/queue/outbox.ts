import type { Redis } from 'ioredis';
import { messageOf } from '../errors.ts';
import { failureOf } from '../executor/failure.ts';
import { TrialFiles } from '../files/trial-files.ts';
import type { StopReason } from '../trial/outcome.ts';
import { jobMessage } from './job-message.ts';
import { agentBox } from './keys.ts';
import { post } from './mailbox.ts';
import type { RemoteAttempt, RemoteAttemptOptions } from './remote-attempt.ts';

export interface OutboxOptions {
  readonly redis: Redis;
  readonly uid: string;
  readonly runId: string;
  readonly onLog: (entry: { readonly level: 'warn'; readonly message: string }) => void;
}

/** What a run asks of agents. */
export class Outbox {
  readonly #options: OutboxOptions;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** `device` is its label at its agent. */
  async send(attempt: RemoteAttempt, device: string): Promise<void> {
    const { job, agent, execution } = attempt.options;
    try {
      // Of a coordinator that was killed.
      if (job.kind === 'train') new TrialFiles(job.directory).deleteTemporary();
    } catch (error) {
      attempt.fail(failureOf(error));
      return;
    }
    try {
      const { redis, uid, runId } = this.#options;
      await post(redis, agentBox(agent.id), jobMessage(job, { uid, run: runId, execution, device }));
    } catch (error) {
      attempt.lose(`Redis did not take its job: ${messageOf(error)}`);
    }
  }

  stop({ agent, execution }: Pick<RemoteAttemptOptions, 'agent' | 'execution'>, reason: StopReason): void {
    const { redis, onLog } = this.#options;
    post(redis, agentBox(agent.id), { type: 'stop', execution, reason }).catch((error: unknown) =>
      onLog({ level: 'warn', message: `Redis did not take a message: ${messageOf(error)}` }),
    );
  }
}
