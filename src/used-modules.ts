import path from 'node:path';
import { messageOf } from './errors.ts';
import { describeMetric, metricFault } from './metrics/own.ts';
import { definedBy, loadModule, type OwnModule } from './own/load.ts';
import type { Finding } from './sweep-file/issue.ts';
import { definitionsIn, type OwnDefinitions } from './sweep-file/own-definitions.ts';
import type { ModelledNumbers } from './training/own-likelihood/example.ts';
import { readUsed, type ParseSpecOptions } from './sweep-file/parse.ts';

export interface UsedDefinitions {
  readonly own: OwnDefinitions;
  /** By place in `use`. */
  readonly modules: readonly OwnModule[];
}

/**
 * What the modules define that a spec names by `use`: each is run once. `base`: the folder that paths in the spec are meant from;
 * what is typed is meant from where one is. @throws SpecError with every module that is no good, at its place
 */
export async function usedModules(
  text: string,
  { base, ...options }: ParseSpecOptions & { readonly base: string },
): Promise<UsedDefinitions> {
  const { places, isTyped, refuse } = readUsed(text, options);
  const loaded: OwnModule[] = [];
  const findings: Finding[] = [];
  const found = (i: number, message: string): void =>
    void findings.push({ code: 'not_allowed', path: ['use', i], at: 'value', message });
  for (const [i, place] of places.entries()) {
    try {
      const module = await loadModule(path.resolve(isTyped ? '.' : base, place));
      const twice = definedBy(module).find((name) => loaded.flatMap(definedBy).includes(name));
      if (twice === undefined) loaded.push(module);
      else found(i, `${twice} is defined by an earlier module, too: call one otherwise`);
    } catch (error) {
      found(i, messageOf(error));
    }
  }
  if (findings.length > 0) throw refuse(findings);
  const own = definitionsIn(loaded);
  for (const metric of own.metrics) describeMetric(metric);
  return { own, modules: loaded };
}

/** Agents run nothing that came over the wire. @throws SpecError where a sweep on agents names modules */
export function refuseElsewhere(text: string, options: ParseSpecOptions): void {
  const { places, refuse } = readUsed(text, options);
  if (places.length === 0) return;
  const message = "agents train with vae-sweep's own definitions alone: they run no module that a coordinator names";
  const hint = 'run this sweep on one machine, without --redis and --together';
  throw refuse([{ code: 'conflict', path: ['use'], at: 'value', message, hint }]);
}

/**
 * What is wrong with definitions beside the data: a metric that fails, a likelihood of the plan that can't be trained with; as
 * warnings, one whose values are none of a probability, and those of a module of which the plan names nothing. TF.js is loaded here,
 * where there is a likelihood to try.
 * @param named likelihoods that configurations may have
 */
export async function findFaults(
  modules: readonly OwnModule[],
  named: readonly unknown[],
  numbers: ModelledNumbers,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [i, { likelihoods, metrics }] of modules.entries()) {
    const found = (finding: Pick<Finding, 'code' | 'message' | 'hint' | 'isWarning'>): void =>
      void findings.push({ path: ['use', i], at: 'value', ...finding });
    for (const message of metrics.flatMap((metric) => metricFault(metric) ?? []))
      found({ code: 'not_allowed', message });
    const used = likelihoods.filter(({ name }) => named.includes(name));
    for (const { name } of metrics.length + used.length === 0 ? likelihoods : []) {
      const message = `the likelihood \`${name}\` is not used`;
      found({ code: 'no_effect', isWarning: true, message, hint: `name it: likelihood: [gaussian, ${name}]` });
    }
    for (const likelihood of used) {
      const { faultOf } = await import('./training/own-likelihood/fault-of.ts');
      const fault = await faultOf(likelihood, numbers);
      if (fault === undefined) continue;
      const message = `the likelihood \`${likelihood.name}\`: ${fault.message}`;
      found({ code: 'not_allowed', message, isWarning: fault.isWarning });
    }
  }
  return findings;
}
