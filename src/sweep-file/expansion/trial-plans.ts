import { isConditional } from '../../model/condition.ts';
import type { Parameters } from '../../model/parameter.ts';
import { definitionOf } from '../../data/definition-of.ts';
import { configId, trialId } from '../../trial/identity.ts';
import { withoutLabels, type TrialConfig, type TrialPlan } from '../../trial/trial.ts';
import { deviceClasses } from '../device-class.ts';
import { ownLikelihoodOf } from '../own-definitions.ts';
import type { SweepSpec } from '../spec.ts';

/** What a configuration has of the spec's own definitions: its likelihood, and all metrics. */
function ownOf({
  own,
  dataset,
}: SweepSpec): (parameters: Parameters) => Pick<TrialConfig, 'ownLikelihood' | 'ownMetrics'> {
  const metrics = own.metrics.length > 0 ? { ownMetrics: own.metrics } : {};
  const likelihoodOf = ownLikelihoodOf(own, definitionOf(dataset));
  return (parameters) => {
    const ownLikelihood = likelihoodOf(parameters);
    return { ...(ownLikelihood && { ownLikelihood }), ...metrics };
  };
}

/** Makes trials of a spec's configurations: first of a configuration, then of each seed. */
export function trialPlans(
  spec: SweepSpec,
  datasetFingerprint: string,
): (parameters: Parameters) => (seed: number) => TrialPlan {
  const classOf = deviceClasses(spec);
  const own = ownOf(spec);
  const untold = withoutLabels(spec.dataset);
  return (parameters) => {
    const dataset = isConditional(parameters) ? spec.dataset : untold;
    const config: TrialConfig = { parameters, train: spec.train, dataset, ...own(parameters) };
    const deviceClass = classOf(parameters);
    const common = {
      configId: configId(config, datasetFingerprint),
      config,
      ...(deviceClass && { deviceClass }),
      ...(spec.confirm !== null && { phase: 'screen' as const }),
    };
    return (seed) => ({ id: trialId(config, datasetFingerprint, seed), seed, ...common });
  };
}
