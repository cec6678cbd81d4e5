import type { LateEnd } from '../trial/late-end.ts';
import type { KnownAgents } from './known-agents.ts';
import type { Report, Telling, ToRun } from './messages.ts';
import type { OpenAttempts } from './open-attempts.ts';
import type { RemoteAttempt } from './remote-attempt.ts';
import { SupersededAttempts } from './superseded-attempts.ts';

export interface HearingOptions {
  readonly attempts: OpenAttempts;
  readonly agents: KnownAgents;
  /** Of what an agent says of itself. */
  readonly onWarning: (message: string) => void;
  /** An attempt was given up: its agent, if it still runs it, need not go on. */
  readonly onGivenUp: (attempt: RemoteAttempt) => void;
  /** How one ended that had been given up before. */
  readonly onLate: (end: LateEnd) => void;
  /** Because of what was told, there are other devices. */
  readonly onOtherDevices: () => void;
}

/** What agents tell a run: it belongs to an attempt that is open, or counts for nothing. */
export class Hearing {
  readonly #options: HearingOptions;
  readonly #superseded = new SupersededAttempts();

  constructor(options: HearingOptions) {
    this.#options = options;
  }

  take(message: ToRun): void {
    if ('agent' in message) this.#options.onWarning(`agent ${message.agent}: ${message.message}`);
    else for (const report of message) this.#hear(report);
  }

  /** What is still told of it is late. */
  giveUp(attempt: RemoteAttempt): void {
    this.#superseded.add(attempt);
    this.#options.onGivenUp(attempt);
  }

  #hear(report: Report): void {
    const { attempts, agents, onOtherDevices } = this.#options;
    const attempt = attempts.find(report.execution);
    if (attempt === undefined) {
      this.#hearLate(report);
      return;
    }
    const { id } = attempt.options.agent;
    const outcome = attempt.hear(report);
    if (outcome?.kind === 'lost' && outcome.culprit === 'other') {
      this.giveUp(attempt);
      if (report.news.some(isSuperseded)) this.#hearLate(report);
    } else if (outcome !== undefined) agents.refusals.ended(id);
    if (report.news.some(isProgress)) agents.refusals.began(id);
    if (attempt.fault !== undefined && agents.blame(id, attempt.fault)) onOtherDevices();
  }

  #hearLate(report: Report): void {
    const late = this.#superseded.hear(report);
    if (late !== undefined) this.#options.onLate(late);
  }
}

/** Its machine can train, and keep what comes of it. */
function isProgress(item: Telling): boolean {
  return 'event' in item ? item.event.type === 'epoch' : item.outcome.kind === 'tested';
}

/** Its agent gave it up before this coordinator did. */
function isSuperseded(item: Telling): boolean {
  return 'outcome' in item && item.outcome.kind === 'superseded';
}
