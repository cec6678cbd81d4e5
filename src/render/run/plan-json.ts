import type { Outlook } from '../../analysis/progress/outlook.ts';
import type { PlannedSweep } from '../../plan-sweep.ts';
import { confirmingCount } from './plan-text.ts';

/** `vae-sweep.plan/1`. */
export function planJson({ spec, teaching, warnings, missingData }: PlannedSweep, outlook: Outlook, isListed: boolean) {
  const { prospects, kept, takenOver, toRun, unknown, time } = outlook;
  return {
    schema: 'vae-sweep.plan/1',
    sweep: spec.name,
    dataset: spec.dataset.name,
    metric: spec.objective.metric,
    goal: spec.objective.goal,
    configurations: outlook.configurations,
    seeds: spec.seeds,
    confirmation: spec.confirm && { ...spec.confirm, trials: confirmingCount(outlook) },
    trials: {
      total: prospects.length + unknown,
      finished: kept.length + takenOver.length + outlook.confirmedBefore,
      to_run: toRun.length + unknown - outlook.confirmedBefore,
      to_propose: unknown - outlook.toConfirm,
      reused: takenOver.length,
      resumed: outlook.resumed,
      retried: outlook.retried,
    },
    devices: outlook.devices.map(({ label, slots }) => ({ label, slots })),
    seconds: { low: time.lowSeconds, high: time.highSeconds, measured_trials: time.measuredTrials },
    disk_bytes: outlook.bytes,
    ...(isListed && {
      list: prospects.map(({ plan: { id, configId, seed, config }, step, source, resumes, goesOnAfter }) => ({
        trial: id,
        config_id: configId,
        seed,
        params: config.parameters,
        finished_in: step === 'keep' || step === 'take_over' ? source : null,
        step,
        resumes,
        goes_on_after: goesOnAfter,
      })),
    }),
    to_test: outlook.toTest,
    outside_plan: outlook.outside,
    trained_elsewhere: [...outlook.trainedElsewhere.values()].reduce((sum, trials) => sum + trials, 0),
    budget_left: outlook.budgetLeft,
    affordable: outlook.affordable,
    learns_from: {
      configurations: teaching.lessons.length,
      recorded: teaching.isRecorded,
      sweeps: teaching.sources.map(({ sweep, configurations, lessons, leftOut }) => ({
        sweep,
        configurations,
        usable: lessons.length,
        left_out: leftOut,
      })),
    },
    warnings: [...warnings, ...(outlook.changedData === null ? [] : [outlook.changedData])],
    missing_data: missingData,
  };
}
