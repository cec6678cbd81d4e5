/** `sweep show` as JSON: one trial, or a sweep trial by trial. */
import { sampleNoun } from '../../text/sample-noun.ts';
import type { TrialDetail } from '../../analysis/trial/show.ts';
import { trainedOn } from '../../analysis/trained-on.ts';
import type { SweepOverview } from '../../analysis/trial/sweep-overview.ts';
import type { TrialVerdict } from '../../analysis/trial/verdict.ts';
import type { RunRecord, TrialRecord } from '../../store/read-model.ts';
import { DEALT, type RecordedVerdict } from '../../store/verdicts.ts';
import { toUserSpelling } from '../../sweep-file/naming.ts';
import { trainedHow, trialWarnings } from './shortfall-text.ts';
import { describeVerdict } from './verdict-text.ts';
import { toJsonLine } from '../json-line.ts';

/** `vae-sweep.show/1`. */
export function renderTrialJson(detail: TrialDetail): string {
  const { trial, attempts, rungs, lateEnds, files, last, curve, curves, bitClass, verdict, run } = detail;
  const { train, dataset } = trial.config;
  return toJsonLine({
    schema: 'vae-sweep.show/1',
    sweep: trial.sweep,
    trial: trial.id,
    config_id: trial.configId,
    seed: trial.seed,
    state: trial.state,
    cause: trial.cause,
    config: trial.params,
    train: { epochs: train.epochs, batch_size: train.batchSize, clip_norm: train.clipNorm },
    dataset,
    best: trial.bestEpoch === null ? null : { epoch: trial.bestEpoch, metrics: trial.metrics },
    last,
    curve,
    curves: Object.fromEntries(curves),
    verdict: verdictJson(verdict, trial),
    kl_per_dimension: trial.klPerDimension,
    trainable_weights: trial.trainableWeights,
    epochs: trial.epochs,
    seconds: trial.seconds,
    cpu_seconds: trial.cpuSeconds,
    device: trial.device,
    reused_from: trial.reusedFrom,
    attempts: attempts.map((attempt) => ({
      attempt: attempt.attempt,
      device: attempt.device,
      engine: attempt.engine,
      bit_class: attempt.bitClass,
      started_at: attempt.startedAt.toISOString(),
      ended_at: attempt.endedAt?.toISOString() ?? null,
      outcome: attempt.outcome,
      cause: attempt.cause,
    })),
    superseded: lateEnds.map(({ attempt, device, toldAt, outcome, cause, epoch, metrics }) => ({
      ...{ attempt, device, told_at: toldAt.toISOString(), outcome, cause, epoch, metrics },
    })),
    files,
    bracket: bracketJson(rungs),
    rungs: judgedIn(rungs).map(({ cohort, epoch, metric, value, place, among, verdict: fate }) => {
      return { cohort: cohort + 1, epoch, metric, value, place, among, verdict: fate };
    }),
    warnings: trialWarnings(detail),
    in_plan: trial.inPlan,
    trained_on: trainedOn(trial),
    bit_class: bitClass,
    tags: trial.tags,
    note: trial.note,
    run: run === null ? null : runJson(run),
    proposal: detail.proposal,
  });
}

/** `vae-sweep.trials/1`: a sweep's trials, best first, each with its verdict. */
export function renderOverviewJson({ status, metric, trials, verdicts, best }: SweepOverview): string {
  return toJsonLine({
    schema: 'vae-sweep.trials/1',
    sweep: status.sweep,
    state: status.state,
    metric,
    best,
    tags: status.tags,
    note: status.note,
    verdicts,
    trials: trials.map(({ trial, value, verdict, curve }) => ({
      trial: trial.id,
      config_id: trial.configId,
      seed: trial.seed,
      state: trial.state,
      config: trial.params,
      value,
      verdict: verdictJson(verdict, trial),
      curve,
      bit_class: trial.bitClass,
      tags: trial.tags,
      note: trial.note,
    })),
  });
}

/** The kind, the sentence, and the numbers that it rests on. */
function verdictJson(verdict: TrialVerdict, trial: TrialRecord): object {
  const { kind, latents, ...evidence } = verdict;
  const text = describeVerdict(verdict, trainedHow(trial), sampleNoun(trial.config.dataset.own));
  return { kind, text, latents_in_use: latents, evidence: toUserSpelling(evidence) };
}

function bracketJson(rungs: readonly RecordedVerdict[]): object | null {
  const dealt = rungs.find(({ rung }) => rung === DEALT);
  return dealt === undefined ? null : { bracket: dealt.place, of: dealt.among, first_rung: dealt.epoch };
}

function judgedIn(rungs: readonly RecordedVerdict[]): RecordedVerdict[] {
  return rungs.filter(({ rung }) => rung !== DEALT);
}

function runJson({ startedAt, endedAt, seenAt, specText, cpuSeconds, ...run }: RunRecord): object {
  return { ...run, started_at: startedAt, ended_at: endedAt, seen_at: seenAt, cpu_seconds: cpuSeconds, spec: specText };
}
