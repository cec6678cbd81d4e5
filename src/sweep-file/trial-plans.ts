import { isConditional } from '../model/condition.ts';
import type { Parameters } from '../model/parameter.ts';
import { configId, trialId } from '../trial/identity.ts';
import { withoutLabels, type TrialConfig, type TrialPlan } from '../trial/trial.ts';
import { deviceClasses } from './device-class.ts';
import type { SweepSpec } from './spec.ts';

/** Makes trials of a spec's configurations: first of a configuration, then of each seed. */
export function trialPlans(
  spec: SweepSpec,
  datasetFingerprint: string,
): (parameters: Parameters) => (seed: number) => TrialPlan {
  const classOf = deviceClasses(spec);
  const untold = withoutLabels(spec.dataset);
  return (parameters) => {
    const dataset = isConditional(parameters) ? spec.dataset : untold;
    const config: TrialConfig = { parameters, train: spec.train, dataset };
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
