import path from 'node:path';
import { messageOf } from './errors.ts';
import { describeMetric } from './metrics/own.ts';
import { loadModule, type OwnModule } from './own/load.ts';
import type { Finding } from './sweep-file/issue.ts';
import { definitionsIn, type OwnDefinitions } from './sweep-file/own-definitions.ts';
import { readUsed, type ParseSpecOptions } from './sweep-file/parse.ts';

/**
 * What the modules define that a spec names by `use`: each is run once. `base`: the folder that paths in the spec are meant from;
 * what is typed is meant from where one is. @throws SpecError with every module that is no good, at its place
 */
export async function usedModules(
  text: string,
  { base, ...options }: ParseSpecOptions & { readonly base: string },
): Promise<OwnDefinitions> {
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
  return own;
}

function definedBy({ likelihoods, metrics }: OwnModule): string[] {
  return [
    ...likelihoods.map(({ name }) => `the likelihood \`${name}\``),
    ...metrics.map(({ name }) => `the metric \`${name}\``),
  ];
}
