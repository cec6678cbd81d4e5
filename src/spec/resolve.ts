import { metricInfo } from '../report/metric.ts';
import type { DatasetSettings } from '../trial/trial.ts';
import { parameterName, snakeCase } from './naming.ts';
import { PARAMETER_NAMES, PARAMETERS } from './parameters.ts';
import type { UserSpec } from './schema.ts';
import type { Choices, ParameterName, Search, SweepSpec } from './spec.ts';

/** The spec in the program's own terms. `written` are the parameters the file names, in its order. */
export function resolveSpec(user: UserSpec, written: readonly ParameterName[]): SweepSpec {
  const { metric, goal } = user.objective;
  return {
    name: user.name,
    dataset: resolveDataset(user.dataset),
    axes: [...new Set([...written, ...PARAMETER_NAMES.map(parameterName)])].map((parameter) => {
      return { parameter, domain: user.parameters[parameter] ?? defaultDomain(parameter) };
    }),
    zip: user.zip,
    when: user.when,
    exclude: user.exclude,
    seeds: user.seeds,
    train: { epochs: user.train.epochs, batchSize: user.train.batch_size, clipNorm: user.train.clip_norm },
    // checks.ts has seen to it that a metric without a better end has a `goal`.
    objective: { metric, goal: goal ?? metricInfo(metric).goal! },
    evaluateTest: user.evaluate_test,
    search: resolveSearch(user),
  };
}

/** The default of a parameter that the spec does not mention. */
export function defaultDomain(parameter: ParameterName): Choices {
  return { kind: 'choices', values: [PARAMETERS[snakeCase(parameter)].default] };
}

/** The sprites are black and white, so that every binarization gives the same images, and must give the same trials. */
function resolveDataset(dataset: UserSpec['dataset']): DatasetSettings {
  return dataset.name.startsWith('sprites') ? { ...dataset, binarization: 'grey' } : dataset;
}

function resolveSearch({ search, trials, search_seed: seed }: UserSpec): Search {
  // checks.ts has seen to it that random search has its `trials`.
  return search === 'grid' ? { kind: 'grid' } : { kind: 'random', trials: trials!, seed };
}
