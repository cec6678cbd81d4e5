/** Metrics that modules of the user's define: those whose module this process has loaded, and words for the values of all. */
import type { OwnMetric } from '../trial/trial.ts';
import type { Measured, Metric, Quantity } from './metric.ts';

/** By hash and name. */
const loaded = new Map<string, Metric>();
/** By name: what the results and specs say that this process has read, the last one where several say it. */
const described = new Map<string, Quantity>();

/** From now on trials that record it so measure with it. */
export function keepLoadedMetric(hash: string, metric: Metric): void {
  loaded.set(`${hash} ${metric.name}`, metric);
}

/** From now on its values have their unit and digits, and it may be asked for by name. */
export function describeMetric(metric: OwnMetric): void {
  described.set(metric.name, metric);
}

export function describedMetrics(): readonly Quantity[] {
  return [...described.values()];
}

/** Those that a trial records, to measure with. @throws Error where a module was not loaded before */
export function loadedMetrics(recorded: readonly OwnMetric[] = []): Metric[] {
  return recorded.map(({ hash, name }) => {
    const metric = loaded.get(`${hash} ${name}`);
    if (metric === undefined)
      throw new Error(`the metric ${name} is defined by a module of its own, which is not loaded`);
    return metric;
  });
}

/**
 * What it says of an evaluation. Of values that are not finite themselves it is not asked: the trial diverged.
 * @throws Error where it throws, or says something other than a finite number or nothing
 */
export function ownValue(metric: Metric, measured: Measured): number | undefined {
  if (!Number.isFinite(measured.reconstruction) || !Number.isFinite(measured.kl)) return undefined;
  let value: unknown;
  try {
    value = metric.of(measured);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`the metric ${metric.name} failed: ${why}`, { cause: error });
  }
  if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return value;
  throw new Error(
    `the metric ${metric.name} gave ${typeof value === 'number' ? value : typeof value}: \`of\` returns a finite number, or undefined where there is none`,
  );
}
