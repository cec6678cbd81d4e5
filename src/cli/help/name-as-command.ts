import { existsSync } from 'node:fs';
import { DATASETS } from '../../data/datasets/index.ts';
import { metricsCalled } from '../../metrics/short-names.ts';
import { PARAMETER_NAMES } from '../../model/parameters.ts';
import { ResultsLayout } from '../../files/paths.ts';
import { readResults } from '../../store/read-results.ts';
import { nearest } from '../../sweep-file/suggest.ts';
import { shellWord } from '../../text/shell-word.ts';
import { specsCalled } from '../flags/find-spec.ts';
import { repeatFlags } from '../flags/flags.ts';

/** What stands where a command is wanted: what it names, and the commands that may have been meant. */
export interface NamedThing {
  readonly kind: string;
  readonly commands: readonly string[];
}

/** What `word` names here: a sweep of these results, a spec, a trial, a parameter, a metric or a data set; first what is most particular. */
export function nameAsCommand(word: string, results: string): NamedThing[] {
  const shown = shellWord(word);
  const at = repeatFlags({ results });
  const exact = [
    ...inResults(word, results, at),
    ...(specsCalled(word).length === 0
      ? []
      : [{ kind: 'a spec', commands: [`sweep plan ${shown}${at}`, `sweep run ${shown}${at}`] }]),
    ...(PARAMETER_NAMES.some((name) => name === word) ? [parameter(word, 'a parameter', at)] : []),
    ...(metricsCalled(word).length > 0 ? [{ kind: 'a metric', commands: [`sweep report --by ${shown}${at}`] }] : []),
    ...(DATASETS.some(({ name }) => name === word) ? [{ kind: 'a data set', commands: ['sweep data'] }] : []),
  ];
  const near = exact.length === 0 && /^[a-z_]{2,}$/.test(word) ? nearest(word, PARAMETER_NAMES) : undefined;
  return near === undefined ? exact : [parameter(near, `the parameter ${near}`, at)];
}

/** `at`: what the command ends with. */
function parameter(name: string, kind: string, at: string): NamedThing {
  return { kind, commands: [`sweep effects ${name}${at}`] };
}

/** Nothing where there are no results, or none that can be read. */
function inResults(word: string, folder: string, at: string): NamedThing[] {
  const layout = new ResultsLayout(folder);
  if (!existsSync(layout.database)) return [];
  try {
    return readResults(layout, (results) => {
      const name = shellWord(word);
      const isSweep = results.sweeps().some((sweep) => sweep.name === word);
      const isTrial = /^[0-9a-f]{4,}$/.test(word) && results.trialsByPrefix(word).length > 0;
      return [
        ...(isSweep ? [{ kind: 'a sweep', commands: [`sweep report ${name}${at}`, `sweep status ${name}${at}`] }] : []),
        ...(isTrial ? [{ kind: 'a trial', commands: [`sweep show ${name}${at}`] }] : []),
      ];
    });
  } catch {
    return [];
  }
}
