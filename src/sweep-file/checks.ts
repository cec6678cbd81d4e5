/** Rules that span several fields. They look at what is valid on its own, so that one run reports every mistake. */
import type { DatasetDefinition } from '../data/definition.ts';
import { datasetOf } from '../data/datasets/index.ts';
import { MOST_BYTES_IN_MEMORY } from '../data/own/image-stream.ts';
import { quantityOf } from '../metrics/index.ts';
import type { Goal } from '../metrics/metric.ts';
import { metricsCalled } from '../metrics/short-names.ts';
import { casesOf } from './cases.ts';
import { emptySpace } from './constraint-findings.ts';
import { configurationsOf, countTrials, DEFAULT_MAX_TRIALS, findsNothing } from './expand.ts';
import type { Finding, IssueCode } from './issue.ts';
import { ARCHITECTURES } from '../model/architectures/index.ts';
import { condition, isConditional } from '../model/condition.ts';
import type { Likelihood } from '../model/likelihood.ts';
import { likelihoodFamily } from '../model/likelihoods/index.ts';
import { decoderIsTold, modelShape } from '../model/model.ts';
import { OBJECTIVE_PARAMETERS } from '../model/objective-parameters.ts';
import { valueOf, type Parameter, type Parameters, type ParameterValue } from '../model/parameter.ts';
import { architecture, beta, likelihood, PARAMETER_NAMES } from '../model/parameters.ts';
import { stepsOf } from './draw.ts';
import { allLikelihoods, type OwnDefinitions } from './own-definitions.ts';
import { betterEndBeside, defaultDomain } from './resolve.ts';
import { DRAWING_SEARCH, LEARNER_NAMES, LEARNING_SEARCH } from './samplers.ts';
import type { UserSpec } from './schema.ts';
import { decisionOrder, isSame, possibleValues, prerequisites } from './space.ts';
import { searchSpace } from './search-space.ts';
import { isLearning, type Domain, type Range, type SweepSpec } from './spec.ts';

/** The valid fields of a spec. */
export type ValidPart = Partial<UserSpec>;

type Path = Finding['path'];
const found = (code: IssueCode, path: Path, message: string, hint?: string, at: Finding['at'] = 'value'): Finding => {
  return { code, path, at, message, ...(hint !== undefined && { hint }) };
};

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

/** The same, of the images of one's own that a spec names. */
export function checkImages(
  { axes, when, tried, dataset, own: definitions }: SweepSpec,
  images: ModelledImages,
): Finding[] {
  const parameters = Object.fromEntries(axes.map(({ parameter, domain }) => [parameter, domain]));
  // What a configuration to try has from `parameters` is told there.
  const own = tried.map((one) => {
    return Object.fromEntries(Object.entries(one).filter(([name, value]) => !hasValue(parameters[name], value)));
  });
  const places = placesOfDomains({ parameters, when: [...when], try: own });
  return [
    ...checkLikelihoods(places, images, dataset, definitions),
    ...(images.isReal ? checkColumns(places, images, dataset) : []),
    ...checkDrawnBits(images, dataset),
  ];
}

/** Where a spec asks for models that are told labels. */
export function placesOfConditions({ axes, when, tried }: SweepSpec): Path[] {
  const parameters = Object.fromEntries(axes.map(({ parameter, domain }) => [parameter, domain]));
  return placesOfDomains({ parameters, when: [...when], try: [...tried] }).flatMap(([path, domain]): Path[] => {
    if (path.at(-1) !== condition.name || domain.kind !== 'choices') return [];
    const at = domain.values.findIndex((value) => value !== condition.neutral);
    if (at < 0) return [];
    // A configuration to try has from `parameters` what it doesn't say itself.
    return path[0] === 'try' && hasValue(parameters[condition.name], domain.values[at]!)
      ? []
      : [domain.values.length === 1 ? path : [...path, at]];
  });
}

/** Labels that a decoder is not told make no difference to what it draws. `configurations`: all that there may be. */
export function checkTold(
  spec: SweepSpec,
  configurations: readonly Parameters[],
  images: DatasetDefinition,
): Finding[] {
  const told = configurations.filter(isConditional);
  // Which layers there are follows from the architecture; their sizes are no matter here.
  const labels = { names: [''] };
  const isDeaf = (chosen: Parameters): boolean => !decoderIsTold(modelShape(chosen, images, labels));
  const deaf = [...Map.groupBy(told, (chosen) => valueOf(chosen, architecture))].flatMap(([name, [first]]) => {
    return isDeaf(first!) ? [`\`${name}\``] : [];
  });
  if (deaf.length === 0) return [];
  const message = `\`condition: label\` needs a decoder that is told labels, and that of ${deaf.join(' and ')} has no weights for them`;
  const hint =
    'give a layer of it `denseWeights(…, model.classes)`, and pass `condition` to its `dense`, as docs/adding.md has it';
  return placesOfConditions(spec).map((path) => found('conflict', path, message, hint));
}

function hasValue(domain: Domain | undefined, value: ParameterValue): boolean {
  return domain?.kind === 'choices' && domain.values.some((one) => isSame(one, value));
}

type ModelledImages = Pick<
  DatasetDefinition,
  'name' | 'channels' | 'isBinary' | 'isReal' | 'isCounts' | 'images' | 'height' | 'width'
>;

/** Bits that are drawn are drawn for a split as a whole, which lies in memory then. */
function checkDrawnBits(
  { name, images, height, width, channels, isReal }: ModelledImages,
  { binarization }: Pick<SweepSpec['dataset'], 'binarization'>,
): Finding[] {
  const isDrawn = binarization === 'static' || binarization === 'dynamic';
  if (!isDrawn || isReal || images * height * width * channels <= MOST_BYTES_IN_MEMORY) return [];
  const message = `\`binarization: ${binarization}\` draws bits for all images in memory, and ${name} is too large for that`;
  return [found('conflict', ['dataset', 'binarization'], message, 'these fit: grey, threshold')];
}

/** What only images have. */
function checkColumns(
  places: readonly (readonly [Path, Domain])[],
  { name }: ModelledImages,
  { binarization }: Pick<SweepSpec['dataset'], 'binarization'>,
): Finding[] {
  const what = `${name} holds columns of numbers`;
  const fitting = ARCHITECTURES.filter(({ isOfImages }) => !isOfImages).map((one) => one.name);
  const misfits = places.flatMap(([path, domain]) => {
    if (path.at(-1) !== architecture.name || domain.kind !== 'choices') return [];
    return ARCHITECTURES.filter((one) => one.isOfImages && domain.values.includes(one.name)).map((one) => {
      const at = domain.values.length === 1 ? path : [...path, domain.values.indexOf(one.name)];
      return found('conflict', at, `\`${one.name}\` is for images, and ${what}`, `these fit: ${fitting.join(', ')}`);
    });
  });
  if (binarization === 'grey') return misfits;
  const message = `\`binarization: ${binarization}\` is for images, and ${what}`;
  return [...misfits, found('conflict', ['dataset', 'binarization'], message, 'leave it out')];
}

/** A likelihood may model images of some numbers of channels only, or none that are black and white. */
function checkLikelihoods(
  places: readonly (readonly [Path, Domain])[],
  images: ModelledImages,
  { binarization }: Pick<SweepSpec['dataset'], 'binarization'>,
  own: OwnDefinitions,
): Finding[] {
  const all = allLikelihoods(own);
  const misfit = ({ name, channels, notBinary, isOfReals, isOfCounts }: Likelihood): string | undefined => {
    if (images.isCounts)
      return isOfCounts ? undefined : `\`${name}\` models no counts, and ${images.name} is read as such`;
    if (isOfCounts) return notOfCounts(name, images);
    if (images.isReal) {
      return isOfReals ? undefined : `\`${name}\` models values from 0 to 1, and columns of numbers are standardised`;
    }
    if (channels?.includes(images.channels) === false) {
      const models = `\`${name}\` models images of ${channels.join(' or ')} channels`;
      return `${models}, and those of ${images.name} have ${images.channels}`;
    }
    if (notBinary === undefined || (!images.isBinary && binarization === 'grey')) return undefined;
    const cause = images.isBinary
      ? `those of ${images.name} are black and white`
      : `\`binarization: ${binarization}\` makes them black and white`;
    return `\`${name}\` models grey values, and ${cause}: ${notBinary}`;
  };
  const fitting = all.filter((one) => misfit(one) === undefined).map(({ name }) => name);
  return places.flatMap(([path, domain]) => {
    if (path.at(-1) !== likelihood.name || domain.kind !== 'choices') return [];
    return all.flatMap((one) => {
      const message = domain.values.includes(one.name) ? misfit(one) : undefined;
      const at = domain.values.length === 1 ? path : [...path, domain.values.indexOf(one.name)];
      return message === undefined ? [] : [found('conflict', at, message, `these fit: ${fitting.join(', ')}`)];
    });
  });
}

/** A table of whole numbers may be of counts: only its owner knows. */
function notOfCounts(name: string, images: ModelledImages): string {
  if (!images.isReal) return `\`${name}\` models counts, and ${images.name} holds images`;
  const read = `columns of numbers are standardised, unless \`dataset: { path: …, values: counts }\` says that ${images.name} counts`;
  return `\`${name}\` models counts, and ${read}`;
}

/** What the spec says of parameters, wherever it does. */
function placesOfDomains({ parameters = {}, when = [], ...spec }: ValidPart): (readonly [Path, Domain])[] {
  return [
    ...domainsOf(parameters).map(([name, domain]) => [['parameters', name], domain] as const),
    ...when.flatMap((rule, i) =>
      domainsOf(rule.then).map(([name, domain]) => [['when', i, 'then', name], domain] as const),
    ),
    ...(spec.try ?? []).flatMap((one, i) =>
      Object.entries(one).map(([name, value]) => [['try', i, name], { kind: 'choices', values: [value] }] as const),
    ),
  ];
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

/** A value listed twice is a slip, except on axes that advance together: there a whole row must not come again. */
function checkRepeats({ parameters = {}, zip = [], when = [] }: ValidPart): Finding[] {
  const zipped = new Set(zip.flat());
  const alone = domainsOf(parameters).filter(([name]) => !zipped.has(name));
  return [
    ...alone.flatMap(([name, domain]) => repeatsIn(['parameters', name], name, domain)),
    ...when.flatMap((rule, i) =>
      domainsOf(rule.then).flatMap(([name, domain]) => repeatsIn(['when', i, 'then', name], name, domain)),
    ),
    ...zip.flatMap((group, i) =>
      repeatedRows(group, parameters).map((row) => {
        return found('duplicate', ['zip', i], `${row} comes twice in this group`);
      }),
    ),
  ];
}

function repeatsIn(path: Path, name: string, domain: Domain): Finding[] {
  if (domain.kind === 'range') return [];
  return repeated(domain.values.map((value) => JSON.stringify(value))).map(({ text, at }) =>
    found('duplicate', [...path, at], `\`${name}\` lists ${text} twice`),
  );
}

/** Those that equal an earlier one, and where. */
function repeated(texts: readonly string[]): { readonly text: string; readonly at: number }[] {
  const seen = new Set<string>();
  return texts.flatMap((text, at) => {
    if (seen.has(text)) return [{ text, at }];
    seen.add(text);
    return [];
  });
}

/** `beta=1 latent_dim=2`, for each such row that an earlier one equals. */
function repeatedRows(group: readonly string[], parameters: NonNullable<ValidPart['parameters']>): string[] {
  const lists = group.map((name) => {
    const domain = parameters[name];
    return domain?.kind === 'choices' ? domain.values.map((value) => `${name}=${JSON.stringify(value)}`) : [];
  });
  const size = Math.min(...lists.map((list) => list.length));
  const rows = Array.from({ length: size }, (_, k) => lists.map((list) => list[k]!).join(' '));
  return repeated(rows).map(({ text }) => text);
}

function checkZip({ zip = [], when = [], parameters = {} }: ValidPart, written: readonly string[]): Finding[] {
  return zip.flatMap((group, i) => {
    const members = group.flatMap((name, j) => {
      const label = `\`${name}\``;
      const conflict = (message: string, hint?: string): Finding[] => [found('conflict', ['zip', i, j], message, hint)];
      if (zip.slice(0, i).flat().includes(name) || group.indexOf(name) < j)
        return conflict(`${label} is in \`zip\` twice`);
      if (!written.includes(name)) return conflict(`${label} is not in \`parameters\``, 'list its values there');
      if (parameters[name]?.kind === 'range') return conflict(`${label} is a range, which has no values to pair up`);
      if (when.some((rule) => rule.then[name]))
        return conflict(`${label} is also set by \`when\``, 'use one of the two');
      return [];
    });
    if (members.length > 0) return members;
    const sizes = group.flatMap((name) => {
      const domain = parameters[name];
      return domain?.kind === 'choices' ? [{ name, size: domain.values.length }] : [];
    });
    if (new Set(sizes.map(({ size }) => size)).size < 2) return [];
    const counts = sizes.map(({ name, size }) => `${name} has ${size}`).join(', ');
    return [found('conflict', ['zip', i], `parameters that advance together need equally many values: ${counts}`)];
  });
}

/** What an `if` asks must be decided before what its `then` sets. */
function checkWhen({ when = [], zip = [] }: ValidPart): Finding[] {
  const { circular } = decisionOrder(PARAMETER_NAMES, zip, when);
  return when.flatMap((rule, i) => {
    const name = circular.find(
      (set) => rule.then[set] && prerequisites(set, [rule]).some((asked) => circular.includes(asked)),
    );
    if (name === undefined) return [];
    const message = `\`${name}\` is set by a rule that can only be asked once it is known`;
    return [found('conflict', ['when', i, 'then', name], message)];
  });
}

function checkObjective(spec: ValidPart): Finding[] {
  const { objective } = spec;
  if (objective === undefined) return [];
  const hint = 'add `goal: minimize` or `goal: maximize`';
  return [
    ...checkGoal(objective, quantityOf(objective.metric).goal, ['objective'], hint),
    ...(objective.metric === 'val/objective' ? checkTrainingObjective(spec, ['objective', 'metric']) : []),
  ];
}

/** Several objectives: of different metrics, each with a direction, and none that a trial of the plan can't have. */
function checkObjectives(spec: ValidPart): Finding[] {
  const { objectives = [], prune, seeds } = spec;
  const [first] = objectives;
  if (first === undefined) return [];
  const metrics = objectives.map(({ metric }) => metric);
  if (objectives.length === 1) {
    const goal = quantityOf(first.metric).goal === null ? `, goal: ${first.goal ?? 'minimize'}` : '';
    const hint = `write \`objective: { metric: ${first.metric}${goal} }\`, or name another`;
    return [found('conflict', ['objectives'], 'one objective alone is nothing to trade', hint)];
  }
  return [
    ...repeated(metrics).map(({ text, at }) => found('duplicate', ['objectives', at], `${text} is named twice`)),
    ...objectives.flatMap((one, i) => [
      ...checkGoal(
        one,
        betterEndBeside(one.metric),
        ['objectives', i],
        `write { metric: ${one.metric}, goal: minimize }, or maximize`,
      ),
      ...(one.metric === 'val/objective' ? checkTrainingObjective(spec, ['objectives', i]) : []),
    ]),
    ...(prune === undefined || prune === null
      ? []
      : [
          found(
            'conflict',
            ['prune'],
            `a pruned configuration never has ${metrics.join(' and ')} of a whole training, though it may belong to the Pareto set: pruning looks at one metric`,
            'leave `prune` out, or `objectives`',
            'key',
          ),
        ]),
    ...(typeof seeds !== 'object' || !('confirm' in seeds)
      ? []
      : [
          found(
            'conflict',
            ['seeds', 'confirm'],
            `what isn't among the best by one metric is never confirmed, though it may belong to the Pareto set: its few seeds can't be held against the means of the others`,
            `write seeds: ${seeds.confirm}, or leave \`objectives\` out`,
          ),
        ]),
  ];
}

/** Most metrics are better at one end, `known`; where one isn't, the spec has to say which end it means. */
function checkGoal({ metric, goal }: UserSpec['objective'], known: Goal | null, path: Path, hint: string): Finding[] {
  // Of a module that was not read nobody knows which end is better.
  if (metricsCalled(metric).length === 0) return [];
  if (known === null && goal === undefined) {
    const message = `${metric} has no better end of its own, so \`goal\` must say which one you want`;
    const at = path.length === 1 ? [...path, 'metric'] : path;
    return [found('missing_key', at, message, hint)];
  }
  if (known === null || goal === undefined || goal === known) return [];
  const better = known === 'maximize' ? 'larger' : 'smaller';
  const message = `\`${metric}\` is better when it is ${better}: ${goal} would rank the worst first`;
  return [found('conflict', [...path, 'goal'], message, `write \`goal: ${known}\`, or leave it out`)];
}

/** What decides what a trial minimises. */
const OBJECTIVE_OF: readonly Parameter[] = [
  beta,
  ...OBJECTIVE_PARAMETERS.filter(({ name }) => name !== 'log_variance_bound'),
];

function checkTrainingObjective({ parameters = {}, when = [], ...spec }: ValidPart, path: Path): Finding[] {
  const swept = OBJECTIVE_OF.filter((one) => {
    const axis = { parameter: one.name, domain: parameters[one.name] ?? defaultDomain(one) };
    const possible = possibleValues({ axes: [], when }, axis);
    const tried = spec.try?.flatMap((other) => other[one.name] ?? []) ?? [];
    return possible === undefined || new Set([...possible, ...tried]).size > 1;
  });
  if (swept.length === 0) return [];
  const names = swept.map(({ name }) => name).join(' and ');
  const message =
    `val/objective is what a trial minimises, and ${names} ${swept.length === 1 ? 'is' : 'are'} swept: ` +
    'trials of different objectives can not be ranked by it';
  return [found('conflict', path, message, 'use val/elbo, which takes β = 1 for every trial')];
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

const domainsOf = Object.entries<Domain>;
