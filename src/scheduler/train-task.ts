import type { TrialEvent } from '../trial/event.ts';
import type { TrialJob } from '../trial/job.ts';
import type { TrialOutcome, TrialSummary } from '../trial/outcome.ts';
import { isSettled } from '../trial/state.ts';
import type { EpochRecord, TrialPlan } from '../trial/trial.ts';
import { describeAgain, isSameResult } from './trained-again.ts';
import { describeRestart } from './describe-restart.ts';
import { Losses, type RecordedEnd } from './losses.ts';
import { keepsCheckpoint, removeCheckpoint, shareCheckpoint } from './remove-checkpoint.ts';
import { judgeEnd } from './judge-end.ts';
import type { RunContext } from './run-context.ts';
import { STORAGE_RETRY_MS } from './storage-trouble.ts';
import type { Admission } from './sources/source.ts';
import type { Held, Over, Task } from './task.ts';

/** How often a trial that another sweep trains is asked for again: seldom beside a trial, soon for who waits. */
const ASK_AGAIN_MS = 1_000;

/**
 * Trains one trial: records each step of an attempt, then tells the observers. A trial survives its attempts: one that
 * was lost goes on from the last checkpoint, and epochs that were recorded already stay as they are, except where an
 * attempt can't go on from them: then its own take their place. `stalled` are the ends of its attempts in earlier runs
 * since it last got on.
 */
export function trainTask(context: RunContext, plan: TrialPlan, stalled: readonly RecordedEnd[] = []): Task {
  const { store, clock, emit } = context;
  const trial = plan.id;
  const files = context.layout.files(context.sweep, trial);
  const losses = new Losses(stalled);
  const warn = (message: string): void => emit({ type: 'log', trial, level: 'warn', message });
  /** The epochs of this run's attempts, for a trial that is trained again. */
  const epochs = new Map<number, EpochRecord>();
  let attempt = 0;
  let device = '';
  /** The attempt was dispatched to it. */
  let isPlaced = false;
  /** Of a trial that is trained again. */
  let before: TrialSummary | undefined;
  let pauseAt: number | undefined;
  let admission: Admission | undefined;

  return {
    deviceClass: plan.deviceClass,
    get isSuspect() {
      return losses.isSuspect;
    },
    get lostOn() {
      return device;
    },

    begin(): TrialJob | Over | Held {
      admission = context.admit(plan);
      if (admission?.isOver === true) return { kind: 'over', tell: admission.tell };
      // The attempt is recorded before the job leaves: its number fences off whatever an older attempt still does.
      const claim = store.claim(trial, clock.now());
      if (claim.kind === 'held') return { ...claim, askAgainInMs: ASK_AGAIN_MS };
      if (claim.kind === 'reused') {
        const { from: reusedFrom, attempts, summary } = claim;
        const end = { state: 'completed', cause: null, summary, reusedFrom } as const;
        return {
          kind: 'over',
          tell: () => {
            admission?.tell();
            // Of an attempt of this sweep's own, before the other one's.
            removeCheckpoint(files, warn);
            emit({ type: 'finished', trial, attempt: attempts, ...end });
          },
        };
      }
      attempt = claim.attempt;
      isPlaced = false;
      before = store.resultBefore(trial);
      pauseAt = context.pauseAt(plan);
      const shorter = before === undefined ? context.goesOnFrom?.(plan) : undefined;
      if (shorter !== undefined) shareCheckpoint(files, shorter, warn);
      const { seed, config } = plan;
      return {
        kind: 'train',
        trial,
        attempt,
        seed,
        ...(pauseAt !== undefined && { pauseAt }),
        config,
        dataset: context.dataset,
        directory: files.folder,
      };
    },

    event(event: TrialEvent): () => void {
      switch (event.type) {
        case 'placed':
          device = event.device;
          isPlaced = true;
          return () => {
            admission?.tell();
            emit({ type: 'dispatched', trial, attempt, device });
          };
        case 'started': {
          const { engine, bitClass, history, rejectedCheckpoint, wentOnFrom } = event;
          store.attemptStarted(trial, attempt, { device, engine, bitClass });
          // Of a trial that is trained again the result stays until this training ends.
          const repeated = before === undefined ? store.supersedeEpochs(trial, attempt, history) : 0;
          // After that, which counts by where it went on from before.
          if (wentOnFrom !== undefined) store.wentOn(trial, attempt, { trial: wentOnFrom, epoch: history.length });
          else if (history.length === 0) store.wentOn(trial, attempt, null);
          if (history.length > 0 && before === undefined) store.recordEpochs(trial, attempt, history);
          if (before !== undefined) {
            epochs.clear();
            for (const record of history) epochs.set(record.epoch, record);
          }
          return () => {
            if (rejectedCheckpoint !== undefined || repeated > 0) {
              warn(describeRestart({ from: history.length + 1, repeated, rejectedCheckpoint }));
            }
            if (wentOnFrom !== undefined) {
              const message = `went on from ${wentOnFrom} after epoch ${history.length}`;
              emit({ type: 'log', trial, level: 'info', message });
            }
            emit({ type: 'started', trial, attempt, engine, resumedEpochs: history.length });
          };
        }
        case 'epoch':
          if (before === undefined) store.recordEpochs(trial, attempt, [event.record]);
          else epochs.set(event.record.epoch, event.record);
          losses.clear();
          return () => {
            emit({ type: 'epoch', trial, record: event.record });
          };
        case 'alive':
          return () => undefined;
        case 'progress':
        case 'log':
          return () => {
            emit({ ...event, trial });
          };
      }
    },

    end(outcome: TrialOutcome): () => number | undefined {
      if (outcome.kind === 'declined') {
        store.withdrawAttempt(trial, attempt);
        return () => {
          const cause = 'the agent ended before it began it';
          if (isPlaced) emit({ type: 'requeued', trial, attempt, cause, retryInMs: 0 });
          return 0;
        };
      }
      const pausedAt = outcome.kind === 'stopped' && outcome.reason === 'paused' ? pauseAt : undefined;
      if (pausedAt !== undefined) {
        const cause = describePause(pausedAt);
        store.endAttempt(trial, attempt, { endedAt: clock.now(), state: 'queued', cause, pausedAt });
        return () => {
          emit({ type: 'paused', trial, attempt, epoch: pausedAt });
          context.onPaused(plan, pausedAt);
          return undefined;
        };
      }
      const { verdict, error } = judgeEnd(outcome, {
        ...{ files, sweepFolder: context.layout.sweep(context.sweep), charged: losses.charged },
        again: before && trial,
      });
      // Said before the turn fills the slot again.
      const isWaiting = error !== undefined && context.waitsFor(error);
      const isAgain = verdict.state !== 'queued' && before !== undefined;
      // Of a training that didn't complete nothing is left that the result before could be at odds with.
      const isKept = isAgain && verdict.state !== 'completed';
      const isSame = isAgain && verdict.state === 'completed' && isSameResult(before!, verdict.summary);
      if (isAgain && !isKept && !isSame) {
        // Numbers and weights belong together.
        store.forgetResult(trial);
        store.recordEpochs(
          trial,
          attempt,
          [...epochs.values()].sort((a, b) => a.epoch - b.epoch),
        );
      }
      const ended = { endedAt: clock.now(), ...verdict, isLost: outcome.kind === 'lost' };
      if (isKept) store.keepResult(trial, attempt, ended);
      else store.endAttempt(trial, attempt, ended);

      return () => {
        // Once only, also where recording took several tries.
        if (outcome.kind === 'lost') losses.add(outcome);
        // Not before the result is durable: until then a crash must find the last epoch's checkpoint.
        const isNeeded = !isKept && keepsCheckpoint({ state: verdict.state, config: plan.config });
        if (!isNeeded && (isKept || isSettled(verdict.state))) removeCheckpoint(files, warn);
        if (outcome.kind === 'failed') {
          emit({ type: 'log', trial, level: 'error', message: outcome.failure.stack ?? outcome.failure.message });
        }
        // As what a user is to see, who asked for it.
        if (isAgain) warn(describeAgain(verdict, isSame));
        if (isKept) {
          const kept = { state: 'completed', cause: null, summary: before!, notAgain: verdict.cause } as const;
          emit({ type: 'finished', trial, attempt, ...kept });
          return undefined;
        }
        if (verdict.state !== 'queued') {
          emit({ type: 'finished', trial, attempt, ...verdict });
          return undefined;
        }
        const retryInMs = isWaiting ? STORAGE_RETRY_MS : verdict.retryInMs;
        emit({ type: 'requeued', trial, attempt, cause: verdict.cause, retryInMs });
        // Every other trial would meet a folder that is gone, too: that ends the run, and fails no trial.
        if (error instanceof Error && !isWaiting) throw error;
        return retryInMs;
      };
    },
  };
}

function describePause(epoch: number): string {
  return `paused after epoch ${epoch}, until all that it is compared with are there`;
}
