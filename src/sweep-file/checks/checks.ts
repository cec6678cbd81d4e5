/** Rules that span several fields. They look at what is valid on its own, so that one run reports every mistake. */
import { datasetOf } from '../../data/datasets/index.ts';
import { casesOf } from '../expansion/cases.ts';
import { emptySpace } from './constraint-findings.ts';
import { configurationsOf, countTrials, DEFAULT_MAX_TRIALS, findsNothing } from '../expansion/expand.ts';
import type { Finding, IssueCode } from '../issue.ts';
import { condition } from '../../model/condition.ts';
import { likelihoodFamily } from '../../model/likelihoods/index.ts';
import type { Parameter } from '../../model/parameter.ts';
import { likelihood } from '../../model/parameters.ts';
import { stepsOf } from '../expansion/draw.ts';
import { allLikelihoods, type OwnDefinitions } from '../own-definitions.ts';
import { DRAWING_SEARCH, LEARNER_NAMES, LEARNING_SEARCH } from '../expansion/samplers.ts';
import { possibleValues } from '../expansion/space.ts';
import { searchSpace } from '../expansion/search-space.ts';
import { isLearning, type Range, type SweepSpec } from '../spec.ts';
import { type ValidPart, found, placesOfDomains } from '../spec-places.ts';
import { checkLikelihoods } from './check-images.ts';
import { checkObjective, checkObjectives } from './check-objectives.ts';
import { checkRepeats, checkZip, checkWhen } from './check-axes.ts';

/** `written` are the parameters the file names, valid or not; `own`: what its modules define, none where they were not read. */
export function checkSpec(spec: ValidPart, written: readonly string[], own: OwnDefinitions): Finding[] {
  return [
    ...checkSearch(spec),
    ...checkLearnFrom(spec),
    ...checkRepeats(spec),
    ...checkZip(spec, written),
    ...checkWhen(spec),
    // Of images of one's own this is known once they are read.
    ...(spec.dataset === undefined || spec.dataset.path !== undefined
      ? []
      : checkLikelihoods(placesOfDomains(spec), datasetOf(spec.dataset.name), spec.dataset, own)),
    ...checkReading(spec.dataset),
    ...checkObjective(spec),
    ...checkObjectives(spec),
  ];
}

function checkReading(dataset: ValidPart['dataset']): Finding[] {
  if (dataset?.reading?.resize === undefined || dataset.reading.size !== undefined) return [];
  const message = '`resize` says how images of other proportions come to a `size`, and there is none';
  return [found('conflict', ['dataset', 'resize'], message, 'add `size: 32`, or leave it out', 'key')];
}

function checkSearch({ search, trials, parameters = {}, when = [] }: ValidPart): Finding[] {
  if (search === undefined) return [];
  if (search !== 'grid') {
    if (trials !== null) return [];
    const message = `${search} search needs to know how many configurations to draw`;
    return [found('missing_key', ['search'], message, `add \`trials: ${search === 'sobol' ? 16 : 20}\``)];
  }
  const findings = placesOfDomains({ parameters, when }).flatMap(([path, domain]) => {
    if (domain.kind !== 'range') return [];
    const hint = `add \`search: random\` and \`trials: N\`, or ${listOf(domain)}`;
    return [found('conflict', path, `a range needs ${DRAWING_SEARCH}`, hint)];
  });
  if (trials === undefined || trials === null) return findings;
  const message = `\`trials\` is only for ${DRAWING_SEARCH}; the size of a grid follows from its choices`;
  return [...findings, found('conflict', ['trials'], message, 'add `search: random`, or leave it out', 'key')];
}

function checkLearnFrom({ name, search, objectives = [], learn_from: sources = [] }: ValidPart): Finding[] {
  if (sources.length === 0 || search === undefined) return [];
  if (!LEARNER_NAMES.some((learner) => learner === search)) {
    const message = `\`learn_from\` is only for ${LEARNING_SEARCH}: ${search === 'grid' ? 'a grid' : `${search} search`} learns nothing`;
    return [
      found('conflict', ['learn_from'], message, 'write `search: auto` with `trials: N`, or leave it out', 'key'),
    ];
  }
  if (objectives.length > 0) {
    const message = 'what other sweeps found is known by one metric, and this search goes towards several objectives';
    return [found('conflict', ['learn_from'], message, 'leave `learn_from` out, or `objectives`', 'key')];
  }
  return sources.flatMap((source, i) => {
    const refuse = (code: IssueCode, message: string): Finding[] => [
      found(code, ['learn_from', i], message, 'leave it out'),
    ];
    if (source === name) return refuse('conflict', 'is this sweep itself, which goes on from its own results anyway');
    return sources.indexOf(source) < i ? refuse('duplicate', `\`${source}\` is there already`) : [];
  });
}

const MAX_LISTED = 12;

/** How a range is written as a list: all of its values where they are few, else its ends and its middle. */
function listOf(range: Range): string {
  const steps = stepsOf(range);
  if (steps !== undefined && steps.count <= MAX_LISTED) {
    return `list its values: [${Array.from({ length: steps.count }, (_, i) => steps.at(i)).join(', ')}]`;
  }
  const { min, max, scale, integer } = range;
  const middle = scale === 'log' ? Math.sqrt(min * max) : (min + max) / 2;
  const rounded = integer ? Math.round(middle) : Number(middle.toPrecision(3));
  const last = steps?.at(steps.count - 1) ?? max;
  const between = steps?.at(Math.round((steps.count - 1) / 2)) ?? rounded;
  return `list some values: [${[...new Set([min, between, last])].join(', ')}]`;
}

/** What `where` asks must leave something to train. What is refused for its size is not looked at. */
export function checkSpace(spec: SweepSpec): Finding[] {
  if (spec.where.length === 0 || countTrials(spec) > DEFAULT_MAX_TRIALS || !findsNothing(spec)) return [];
  return [emptySpace(spec, casesOf(spec) ?? [])];
}

/** Without validation images no metric says which configuration is best. */
export function checkRanking(spec: SweepSpec): Finding[] {
  if (spec.dataset.validation !== 0) return [];
  if (countTrials(spec) <= DEFAULT_MAX_TRIALS) {
    const configurations = configurationsOf(spec)[Symbol.iterator]();
    configurations.next();
    if (configurations.next().done === true) return [];
  }
  const message = '`validation: 0` leaves nothing to rank by, and this spec has more than one configuration';
  return [found('conflict', ['dataset', 'validation'], message, 'hold some out, or fix every parameter')];
}

/** A search that learns needs something to vary. */
export function checkLearning(spec: SweepSpec): Finding[] {
  if (!isLearning(spec.search)) return [];
  if (searchSpace(spec).dimensions.length > 0) return checkOneScale(spec, spec.search.kind);
  const message = `${spec.search.kind} search has nothing to search: every parameter has one value`;
  return [
    found('conflict', ['search'], message, 'give a parameter a range or a list, or leave `search` and `trials` out'),
  ];
}

/** Of values of several families of likelihoods none is better than another. */
function checkOneScale(spec: SweepSpec, kind: string): Finding[] {
  const valuesOf = ({ name }: Parameter): string[] => {
    const axis = spec.axes.find(({ parameter }) => parameter === name)!;
    const named = [...(possibleValues(spec, axis) ?? []), ...spec.tried.flatMap((one) => one[name] ?? [])];
    return [...new Set(named.map(String))];
  };
  const families = Map.groupBy(valuesOf(likelihood), (name) => likelihoodFamily(name, allLikelihoods(spec.own)));
  const conditions = valuesOf(condition).map((value) => `\`condition: ${value}\``);
  const scales = families.size > 1 ? [...families.values()].map((family) => family.join(', ')) : conditions;
  if (scales.length < 2) return [];
  const message = `${kind} search learns from one scale, and values of ${scales.join(' and of ')} have none in common`;
  return [found('conflict', ['search'], message, 'search each in a sweep of its own, or write `search: sobol`')];
}
