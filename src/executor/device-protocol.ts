/**
 * What crosses the boundary between the coordinator and one device process, and between that process's main thread and
 * its trial threads. The trial's own part of it is in src/trial: job, event, outcome.
 */
import type { MessagePort } from 'node:worker_threads';
import type * as engineModule from '../engine/load.ts';
import type * as trialModule from '../training/run-trial.ts';
import type { TrialImages } from '../data/trial-images.ts';
import type { EngineChoice } from '../engine/choice.ts';
import type { News } from '../trial/event.ts';
import type { TrialJob } from '../trial/job.ts';
import type { Failure, StopReason } from '../trial/outcome.ts';

export type DeviceKind = 'cpu' | 'gpu';

/** An engine that was tried on a device, and why it is not used there. */
export interface EngineRejection {
  readonly choice: EngineChoice;
  readonly reason: string;
}

/** Modules that a device process loads, by file URL. Given by whoever starts the executor, never by a spec. */
export interface WorkerModules {
  /** Entry of a trial thread. */
  readonly thread: string;
  readonly engine: string;
  readonly trial: string;
}
/** What stands in for them offers the same. */
export type EngineModule = typeof engineModule;
export type TrialModule = typeof trialModule;

export interface DeviceSettings {
  readonly kind: DeviceKind;
  readonly slots: number;
  readonly modules: WorkerModules;
  /** The only engine to use; null takes the best candidate that passes its probe. */
  readonly engine: EngineChoice | null;
  /** Candidates that are not tried again: their probe ended an earlier process. */
  readonly ruledOut: readonly EngineRejection[];
}

/** Coordinator → device process. `start` is the first, once. */
export type DeviceRequest =
  | { readonly type: 'start'; readonly settings: DeviceSettings }
  | { readonly type: 'run'; readonly id: number; readonly job: TrialJob }
  | { readonly type: 'stop'; readonly id: number; readonly reason: StopReason }
  /** Sent only while nothing runs. */
  | { readonly type: 'shutdown' };

/** Device process → coordinator. */
export type DeviceReport =
  /** About to probe an engine: if the process dies now, that engine is the reason. */
  | { readonly type: 'probing'; readonly choice: EngineChoice }
  | { readonly type: 'ready'; readonly engine: EngineChoice; readonly rejected: readonly EngineRejection[] }
  /** Last message of a process that can't run trials. */
  | { readonly type: 'unusable'; readonly reason: string }
  /** What an attempt told since its last message, in order. */
  | { readonly type: 'news'; readonly id: number; readonly news: readonly News[] }
  | { readonly type: 'heartbeat' };

/** A heartbeat tells that the process's main thread is alive, whatever its trials do. */
export const HEARTBEAT_INTERVAL_MS = 2000;

/** The images that a job needs, or why there are none: a thrown error would lose its class between threads. */
export type LoadedImages = { readonly images: TrialImages } | { readonly failure: Failure };

/** What a trial thread is handed: a job, and what it needs to attempt it here. */
export interface ThreadJob {
  readonly job: TrialJob;
  readonly images: TrialImages;
  readonly engine: EngineChoice;
  readonly modules: WorkerModules;
  /** Carries `News` out and `StopReason` in; the thread closes it after the outcome. */
  readonly port: MessagePort;
  /** Shared counter of events that were emitted and not yet sent on; see event-window.ts. */
  readonly unsent: Int32Array;
}

export function engineLabel(choice: EngineChoice): string {
  return `${choice.engine}/${choice.provider}`;
}

export function sameEngine(a: EngineChoice, b: EngineChoice): boolean {
  return a.engine === b.engine && a.provider === b.provider;
}
