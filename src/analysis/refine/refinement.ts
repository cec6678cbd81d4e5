/** Where a sweep leaves something to be found: the region around its best, as the domains of the sweep that comes next. */
import { onlyIn, meets, parameterOf } from '../../model/parameters.ts';
import type { ParameterValue } from '../../model/parameter.ts';
import { isSame } from '../../sweep-file/expansion/space.ts';
import { isLearning, type Choices, type Condition, type Domain, type SweepSpec } from '../../sweep-file/spec.ts';
import type { Effects } from '../effects/effects.ts';
import type { Params } from '../parameters.ts';
import type { ConfigurationSummary, ReportModel } from '../report/report-model.ts';
import { importanceOf, type Importance } from './importance.ts';
import { fixedAt, refineDomain, type Refined } from './refined-domain.ts';

export interface RefinedParameter extends Refined {
  readonly parameter: string;
  readonly importance: Importance;
  /** What the best has; undefined where it has none of it. */
  readonly best: ParameterValue | undefined;
  /** Only trials of one value of it were asked for. */
  readonly isGiven: boolean;
}

export interface Refinement {
  readonly kind: 'refined';
  /** Parameters that differed, in the order of the spec. */
  readonly parameters: readonly RefinedParameter[];
  /** That `when` sets, and that stay as they are. */
  readonly ruled: readonly string[];
  /** That no configuration of the region has, or that `when` sets in all of it. */
  readonly gone: readonly string[];
  readonly zip: SweepSpec['zip'];
  /** Places of the rules and exclusions that still say something. */
  readonly when: readonly number[];
  readonly exclude: readonly number[];
  /** The configurations that the region is drawn around, the best among them. */
  readonly around: readonly ConfigurationSummary[];
  /** Whether their seeds can't tell these from the best; else they are the best tenth. */
  readonly areTied: boolean;
}

/** Why there is nothing to refine. */
export type NothingToRefine =
  | { readonly kind: 'no result' }
  | { readonly kind: 'no difference' }
  | { readonly kind: 'all tied'; readonly configurations: number }
  | { readonly kind: 'nothing matters' }
  | { readonly kind: 'nothing between' }
  /** The best spread over all of it. */
  | { readonly kind: 'same space'; readonly configurations: number };

/** Where seeds tell nothing, so much of the ranking stands for what is tied, and at least three. */
const BEST = 0.1;

/** So many powers of two from 1 β is as good as 1. */
const NEAR = 0.15;

/** `model`: of all configurations. `effects`: what parameters do, of all trials that have begun. */
export function refine(spec: SweepSpec, model: ReportModel, effects: Effects): Refinement | NothingToRefine {
  const ranked = model.configurations.filter(({ rank, standing }) => rank !== null && standing !== 'lost');
  const [best] = ranked;
  if (best === undefined || model.goal === null) return { kind: 'no result' };
  if (model.differing.length === 0 || ranked.length < 2) return { kind: 'no difference' };
  const isTold = ranked.some(({ standing }) => standing === 'worse' || standing === 'tied');
  const tied = ranked.filter(({ standing }) => standing === 'best' || standing === 'tied');
  // What pruning left behind was told from the best, too.
  if (isTold && tied.length === model.configurations.length) return { kind: 'all tied', configurations: tied.length };
  const around = isTold
    ? tied
    : ranked.slice(0, Math.min(Math.ceil(ranked.length / 2), Math.max(3, Math.ceil(BEST * ranked.length))));

  const inRules = new Set(spec.when.flatMap(({ then }) => Object.keys(then)));
  const isGiven = (parameter: string): boolean => model.where !== null && !model.differing.includes(parameter);
  const refined = new Map<string, Found>();
  const zip = spec.zip.filter((group) => !refineGroup(group, spec, best, around, effects, refined));
  const one = (axis: SweepSpec['axes'][number]): void => {
    const { parameter } = axis;
    const found = refineAxis(axis, best, around, effects, {
      metric: model.metric,
      isLearning: isLearning(spec.search),
      isGiven: isGiven(parameter),
    });
    if (found !== undefined && !refined.has(parameter)) refined.set(parameter, found);
  };
  for (const axis of spec.axes) if (!inRules.has(axis.parameter)) one(axis);
  const domainOf = (parameter: string): Domain | undefined =>
    refined.get(parameter)?.domain ?? spec.axes.find((axis) => axis.parameter === parameter)?.domain;
  const rules = spec.when.map((rule, i) => ({ ...rule, i })).filter((rule) => mayHold(rule.if, domainOf));
  const ruled = [...new Set(rules.flatMap(({ then }) => Object.keys(then)))];
  for (const axis of spec.axes) if (inRules.has(axis.parameter) && !ruled.includes(axis.parameter)) one(axis);

  const isEverywhere = (parameter: string): boolean =>
    rules.some((rule) => parameter in rule.then && holds(rule.if, domainOf));
  const isNowhere = (parameter: string): boolean => {
    const only = onlyIn(parameter);
    const deciding = only && domainOf(only.parameter);
    return deciding?.kind === 'choices' && !deciding.values.some((value) => meets(only!, value));
  };
  const gone = spec.axes.map(({ parameter }) => parameter).filter((name) => isEverywhere(name) || isNowhere(name));
  const parameters = spec.axes.flatMap(({ parameter }): RefinedParameter[] => {
    const found = refined.get(parameter);
    return found === undefined || gone.includes(parameter) ? [] : [{ ...found, isGiven: isGiven(parameter) }];
  });
  const isNew = ({ kind, domain }: Refined): boolean =>
    kind === 'extended' || kind === 'narrowed' || (domain.kind === 'range' && kind === 'kept');
  const isHardly = ({ importance }: RefinedParameter): boolean => importance.kind === 'hardly';
  const isChance = ({ importance: { share } }: RefinedParameter): boolean => share !== null && (share.low ?? 1) <= 0;
  // What all that was looked at have tells nothing.
  const varied = parameters.filter(({ parameter }) => model.differing.includes(parameter));
  if (varied.every((one) => isHardly(one) || isChance(one))) return { kind: 'nothing matters' };
  if (!parameters.some((one) => isNew(one) && !isHardly(one))) return { kind: 'nothing between' };
  if (parameters.every(({ kind }) => kind === 'kept'))
    return { kind: 'same space', configurations: model.configurations.length };
  const exclude = spec.exclude.flatMap((condition, i) => (mayHold(condition, domainOf) ? [i] : []));
  const when = rules.map(({ i }) => i);
  return { kind: 'refined', parameters, ruled, gone, zip, when, exclude, around, areTied: isTold };
}

type Found = Omit<RefinedParameter, 'isGiven'>;

function refineAxis(
  { parameter, domain }: SweepSpec['axes'][number],
  best: ConfigurationSummary,
  around: readonly ConfigurationSummary[],
  effects: Effects,
  { metric, isLearning, isGiven }: { readonly metric: string; readonly isLearning: boolean; readonly isGiven: boolean },
): Found | undefined {
  if (domain.kind === 'choices' && domain.values.length === 1) return undefined;
  const importance = importanceOf(parameter, effects);
  const own = best.params[parameter] as ParameterValue | undefined;
  const values = around.flatMap(({ params }) => valueIn(params, parameter) ?? []);
  const anchor = own ?? values[0];
  // Nobody near the best has it: whatever is said of it makes no difference there.
  if (anchor === undefined) return { parameter, importance, best: own, ...fixedAt(firstOf(domain)) };
  if (isGiven) return { parameter, importance, best: own, ...fixedAt(anchor) };
  if (importance.kind === 'hardly') {
    // What hardly matters after the first epochs may matter after the last.
    if (effects.epoch !== null) return { parameter, importance, best: own, kind: 'kept', domain };
    // A search that learns loses nothing by it, but what the others of the range taught it if it were fixed.
    if (domain.kind === 'range' && isLearning) return { parameter, importance, best: own, kind: 'kept', domain };
    return { parameter, importance, best: own, ...fixedAt(anchor) };
  }
  // An ELBO at β = 1 favours training at β = 1 by construction.
  const isAtOptimum = parameter === 'beta' && Math.abs(Math.log2(Number(anchor))) < NEAR && metric.endsWith('/elbo');
  const tried = { parameter: parameterOf(parameter), domain, best: anchor, tied: values, isAtOptimum };
  return { parameter, importance, best: own, ...refineDomain(tried) };
}

/** Parameters that advance together: the rows of the tied ones. Whether one row is left, and nothing advances. */
function refineGroup(
  group: readonly string[],
  { axes }: SweepSpec,
  best: ConfigurationSummary,
  around: readonly ConfigurationSummary[],
  effects: Effects,
  refined: Map<string, Found>,
): boolean {
  const lists = group.map((name) => (axes.find(({ parameter }) => parameter === name)!.domain as Choices).values);
  const isHardly = group.every((name) => importanceOf(name, effects).kind === 'hardly');
  const members = isHardly ? [best] : around;
  const rows = lists[0]!.flatMap((_, row) => {
    const isThere = members.some(({ params }) =>
      group.every((name, i) => !(name in params) || isSame(lists[i]![row]!, valueIn(params, name))),
    );
    return isThere ? [row] : [];
  });
  for (const [i, parameter] of group.entries()) {
    const values = rows.map((row) => lists[i]![row]!);
    const kind = rows.length < 2 ? 'fixed' : rows.length === lists[i]!.length ? 'kept' : 'chosen';
    const own = valueIn(best.params, parameter);
    const domain: Domain = {
      kind: 'choices',
      values: values.length > 0 ? values : [firstOf({ kind: 'choices', values: lists[i]! })],
    };
    refined.set(parameter, { parameter, importance: importanceOf(parameter, effects), best: own, kind, domain });
  }
  return rows.length < 2;
}

function valueIn(params: Params, name: string): ParameterValue | undefined {
  return params[name] as ParameterValue | undefined;
}

function firstOf(domain: Domain): ParameterValue {
  return domain.kind === 'choices' ? domain.values[0]! : domain.min;
}

type DomainOf = (parameter: string) => Domain | undefined;

/** Whether some configuration may meet the condition. */
function mayHold(condition: Condition, domainOf: DomainOf): boolean {
  return Object.entries(condition).every(([name, values]) => {
    const domain = domainOf(name);
    if (domain === undefined) return false;
    if (domain.kind === 'choices') return values.some((value) => domain.values.some((one) => isSame(one, value)));
    return values.some((value) => domain.min <= Number(value) && Number(value) <= domain.max);
  });
}

/** Whether all do. */
function holds(condition: Condition, domainOf: DomainOf): boolean {
  return Object.entries(condition).every(([name, values]) => {
    const domain = domainOf(name);
    return domain?.kind === 'choices' && domain.values.every((one) => values.some((value) => isSame(one, value)));
  });
}
