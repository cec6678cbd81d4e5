/** What a trial's parameters make of D and R, and how that is said. */
import { capacity, betaCycles, betaSchedule, betaWarmup, capacityWarmup, freeBits } from './objective-parameters.ts';
import { valueOf, valueOr, type Parameters } from './parameter.ts';
import { beta } from './parameters.ts';
import { count } from '../text/format-number.ts';
import { formatValue } from '../text/format-value.ts';

/**
 * What a trial adds to D, at the full beta and capacity, nats per image: β·R, β·|R − C|, or β·Σ max(λ, KL of a dimension).
 * Undefined where that needs the KL of each dimension, and it isn't known.
 */
export function penaltyOf(
  parameters: Parameters,
  kl: number,
  perDimension: readonly number[] | undefined,
): number | undefined {
  const free = valueOr(parameters, freeBits);
  const rate = free === 0 ? kl : perDimension?.reduce((sum, one) => sum + Math.max(free, one), 0);
  return rate === undefined ? undefined : valueOf(parameters, beta) * Math.abs(rate - valueOr(parameters, capacity));
}

/** `D + 4·R, beta rising linearly over 5 epochs; like beta 1 with sigma² 0.04`. */
export function describeObjective(parameters: Parameters): string {
  const weight = valueOf(parameters, beta);
  const [free, target] = [valueOr(parameters, freeBits), valueOr(parameters, capacity)];
  const rate =
    target > 0 ? `|R − ${formatValue(target)}|` : free > 0 ? `Σ max(${formatValue(free)}, KL of a latent)` : 'R';
  const schedule = valueOr(parameters, betaSchedule);
  const told = [
    `D + ${weight === 1 ? '' : `${formatValue(weight)}·`}${rate}`,
    ...(schedule === 'cyclical' ? [`beta rising ${valueOr(parameters, betaCycles)} times`] : []),
    ...(schedule === 'linear' || schedule === 'sigmoid'
      ? [`beta rising over ${epochs(valueOr(parameters, betaWarmup))} (${schedule})`]
      : []),
    ...(target > 0 && valueOr(parameters, capacityWarmup) > 0
      ? [`${formatValue(target)} reached over ${epochs(valueOr(parameters, capacityWarmup))}`]
      : []),
  ];
  return told.join(', ') + impliedVariance(parameters, weight);
}

const epochs = (number: number): string => count(number, 'epoch');

/** Whether it is more than D + β·R of a likelihood whose σ, if any, is what it says. */
export function isPlainObjective(parameters: Parameters): boolean {
  const { [beta.name]: weight, ...others } = parameters;
  const usual = describeObjective({ ...others, [beta.name]: 1 });
  return usual === 'D + R' && (weight === 1 || !('sigma' in parameters));
}

/** β times the KL beside squared errors over 2σ² is β times the ELBO of σ² · β, but for the constant. */
function impliedVariance(parameters: Parameters, weight: number): string {
  const sigma = parameters['sigma'];
  if (typeof sigma !== 'number' || weight === 1 || weight === 0) return '';
  const variance = sigma ** 2 * weight;
  const round = (value: number): string => formatValue(Number(value.toPrecision(3)));
  return `; as at beta 1 with a variance of ${round(variance)} (sigma ${round(Math.sqrt(variance))})`;
}
