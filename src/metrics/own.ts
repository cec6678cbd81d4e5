/** Metrics that modules of the user's define: those whose module this process has loaded, and words for the values of all. */
import { messageOf } from '../errors.ts';
import type { OwnMetric } from '../trial/trial.ts';
import type { Measured, Metric, Quantity } from './metric.ts';

/** By hash and name. */
const loaded = new Map<string, Metric>();
/** By name: what the spec or the results say that this process read last. Of one sweep, its plan's (src/store/sqlite-read-model.ts). */
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

/** What is wrong with it, as far as an evaluation of plausible values tells: a clause. Values that aren't finite may be of others. */
export function metricFault(metric: Metric): string | undefined {
  const each = (value: number): Float64Array => new Float64Array(LATENTS).fill(IMAGES * value);
  const sums = { images: IMAGES, reconstruction: IMAGES * 80, kl: each(1.2), mean: each(0), meanSquare: each(0.9) };
  const measured = { reconstruction: 80, kl: 1.2 * LATENTS, penalty: 1.2 * LATENTS, numbers: 784, sums };
  try {
    const value: unknown = metric.of(measured);
    if (value === undefined || typeof value === 'number') return undefined;
    return `the metric \`${metric.name}\`: \`of\` gives ${typeof value === 'object' ? 'an object' : `a ${typeof value}`}, and ${WANTED}`;
  } catch (error) {
    return `the metric \`${metric.name}\`: \`of\` fails: ${messageOf(error)}`;
  }
}
const IMAGES = 100;
const LATENTS = 10;
const WANTED = 'a finite number is wanted, or undefined where there is none';

/**
 * What it says of an evaluation. Of values that are not finite themselves it is not asked: the trial diverged. The sums are its
 * own, to sort or change.
 * @throws Error where it throws, or says something other than a finite number or nothing
 */
export function ownValue(metric: Metric, measured: Measured): number | undefined {
  if (!Number.isFinite(measured.reconstruction) || !Number.isFinite(measured.kl)) return undefined;
  let value: unknown;
  try {
    value = metric.of(structuredClone(measured));
  } catch (error) {
    throw new Error(`the metric ${metric.name} failed: ${messageOf(error)}`, { cause: error });
  }
  if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return value;
  throw new Error(`the metric ${metric.name} gave ${typeof value === 'number' ? value : typeof value}, and ${WANTED}`);
}
