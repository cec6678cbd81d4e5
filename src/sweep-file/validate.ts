import { checkLearning, checkRanking, checkSpace, checkSpec } from './checks/checks.ts';
import type { ValidPart } from './spec-places.ts';
import { checkBudget, idleBudget, idlePatience } from './checks/check-budget.ts';
import { checkConfirmation, idleConfirmation } from './checks/check-confirmation.ts';
import { checkPruning } from './checks/check-pruning.ts';
import { checkSchedules } from './checks/check-schedules.ts';
import { toFindings } from './findings.ts';
import { findIdleParts } from './checks/idle-parts.ts';
import type { Finding } from './issue.ts';
import { PARAMETER_NAMES, PARAMETERS } from '../model/parameters.ts';
import { resolveSpec } from './resolve.ts';
import { PRUNING, type PruningMethod } from '../search/pruning.ts';
import { evenProposals } from '../search/propose.ts';
import { DRAWING_SEARCH, LEARNER_NAMES, LEARNING_SEARCH } from './expansion/samplers.ts';
import { namesOf, NOTHING_OWN, type OwnDefinitions } from './own-definitions.ts';
import { MAX_TRIALS } from './ending-schema.ts';
import { specSchemaFor } from './schema.ts';
import type { specSchema, UserSpec } from './schema.ts';
import { isLearning, type SweepSpec } from './spec.ts';
import { triedConfigurations } from './expansion/tried.ts';

/** `own`: what the modules define that it names; `any` where they were not read. */
export type Own = OwnDefinitions | 'any';

/** Validates what a YAML file holds. With a spec, findings are only warnings. */
export function validateSpec(
  input: unknown,
  given: Own = NOTHING_OWN,
): { readonly spec?: SweepSpec; readonly findings: readonly Finding[] } {
  const own = given === 'any' ? NOTHING_OWN : given;
  const schema = specSchemaFor(given === 'any' ? given : namesOf(given));
  const written = writtenParameters(input);
  const result = schema.safeParse(input);
  if (!result.success) {
    const { issues } = result.error;
    // A word has a length, too, but where a list belongs, that it is none says all.
    const misplaced = new Set(issues.flatMap(({ code, path }) => (code === 'invalid_type' ? [path.join('.')] : [])));
    const told = issues.filter(({ code, path }) => code !== 'too_big' || !misplaced.has(path.join('.')));
    const findings = told.flatMap((issue) => toFindings(issue, input));
    return { findings: [...findings, ...checkSpec(validPart(input, schema), written, own)] };
  }
  const findings = checkSpec(result.data, written, own);
  if (findings.length > 0) return { findings };
  const searched = resolveSpec(result.data, written, own);
  const { tried, findings: mistried } = triedConfigurations(searched, result.data.try);
  if (mistried.length > 0) return { findings: mistried };
  const spec = { ...searched, tried };
  const empty = checkSpace(spec);
  const rest = [...checkSchedules(spec), ...checkLearning(spec)];
  // A schedule that can't be has no epochs to judge by.
  if (rest.length === 0) rest.push(...checkPruning(spec), ...checkBudget(spec), ...checkConfirmation(spec));
  const unusable = [...empty, ...checkRanking(spec), ...(empty.length > 0 ? [] : rest)];
  if (unusable.length > 0) return { findings: unusable };
  return {
    spec,
    findings: [
      ...idleSettings(input, result.data),
      ...unevenDraws(spec),
      ...unlearnt(spec),
      ...idleBudget(spec),
      ...idleConfirmation(spec),
      ...idlePatience(spec),
      ...risingWidths(spec, written),
      ...findIdleParts(spec, written),
    ],
  };
}

/** Settings that the file gives and that nothing reads. */
function idleSettings(input: unknown, { search, prune, until }: UserSpec): Finding[] {
  if (!isRecord(input)) return [];
  const idle = (key: string, message: string): Finding[] =>
    key in input ? [{ code: 'no_effect', isWarning: true, path: [key], at: 'key', message, hint: 'leave it out' }] : [];
  const place = search === 'grid' ? 'a grid' : `${search} search`;
  return [
    ...(search === 'grid'
      ? idle('search_seed', `\`search_seed\` is only for ${DRAWING_SEARCH}, and changes nothing in a grid`)
      : []),
    ...(prune !== null && !PRUNING[prune.method].takesEta && isRecord(input['prune']) && 'eta' in input['prune']
      ? [idleEta(prune.method)]
      : []),
    ...(LEARNER_NAMES.some((name) => name === search) ||
    until?.patience !== undefined ||
    (prune !== null && takesLookahead(prune.method))
      ? []
      : idle(
          'lookahead',
          `\`lookahead\` is only for ${LEARNING_SEARCH}, for \`patience\`, and for pruning by asha or median, and changes nothing in ${place}`,
        )),
  ];
}

/** Its cohorts are small, whatever is searched. */
function takesLookahead(method: PruningMethod): boolean {
  return PRUNING[method].comparedWith !== 'the cohort';
}

function idleEta(method: PruningMethod): Finding {
  const message = `\`eta\` is not for ${method}: no worse than the median goes on, and the rungs double`;
  return { code: 'no_effect', isWarning: true, path: ['prune', 'eta'], at: 'key', message, hint: 'leave it out' };
}

/** A budget that ends before the first result could be learnt from. */
function unlearnt({ search, tried }: SweepSpec): Finding[] {
  // Whoever starts from results learns from them.
  if (!isLearning(search) || search.learnFrom.length > 0) return [];
  const first = evenProposals(search.lookahead);
  if (tried.length + search.trials > first) return [];
  const message = `\`trials: ${search.trials}\` ends before ${search.kind} search learns anything: the first ${first} are spread evenly`;
  const hint = `ask for more${search.lookahead > 1 ? ', or lower `lookahead`' : ''}, or write \`search: sobol\``;
  return [{ code: 'not_allowed', isWarning: true, path: ['trials'], at: 'value', message, hint }];
}

/** A Sobol sequence is even in each parameter at the powers of two, unless some of it is left out. */
function unevenDraws({ search, exclude, where }: SweepSpec): Finding[] {
  if (search.kind !== 'sobol' || exclude.length + where.length > 0) return [];
  const below = 2 ** Math.floor(Math.log2(search.trials));
  if (below === search.trials) return [];
  const message = `\`trials: ${search.trials}\` is no power of two, and only at these a Sobol sequence is even in each parameter`;
  const hint = `write ${2 * below > MAX_TRIALS ? below : `${below} or ${2 * below}`}`;
  return [{ code: 'not_allowed', isWarning: true, path: ['trials'], at: 'value', message, hint }];
}

/** A list of widths is one value; whoever writes them in rising order may have meant choices. */
function risingWidths({ axes }: SweepSpec, written: readonly string[]): Finding[] {
  return axes.flatMap(({ parameter, domain }) => {
    const { values } = PARAMETERS.find(({ name }) => name === parameter)!;
    if (values.kind !== 'widths' || values.rising === undefined) return [];
    if (!written.includes(parameter) || domain.kind !== 'choices' || domain.values.length !== 1) return [];
    const widths = domain.values[0] as readonly number[];
    if (widths.length < 2 || widths.some((width, i) => i > 0 && width <= widths[i - 1]!)) return [];
    const message = `\`${parameter}\` is one network of ${widths.length} layers here (${widths.join(', ')}), ${values.rising}`;
    const hint = `for choices write [${widths.map((width) => `[${width}]`).join(', ')}]`;
    return [{ code: 'not_allowed', isWarning: true, path: ['parameters', parameter], at: 'value', message, hint }];
  });
}

/** What is valid on its own, field by field, so that rules across fields can be checked next to other mistakes. */
function validPart(input: unknown, { shape }: typeof specSchema): ValidPart {
  if (!isRecord(input)) return {};
  const { parameters } = input;
  const fields: Record<string, unknown> = {
    ...input,
    ...(isRecord(parameters) && { parameters: validParameters(parameters, shape.parameters) }),
  };
  const valid: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(shape)) {
    const result = schema.safeParse(fields[key]);
    if (result.success) valid[key] = result.data;
  }
  return valid;
}

function validParameters(
  parameters: Readonly<Record<string, unknown>>,
  schema: (typeof specSchema)['shape']['parameters'],
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(parameters).filter(([name, value]) => schema.safeParse({ [name]: value }).success),
  );
}

/** The parameters that the spec names, valid or not, in its order. */
function writtenParameters(input: unknown): string[] {
  const parameters = isRecord(input) ? input['parameters'] : undefined;
  if (!isRecord(parameters)) return [];
  return Object.keys(parameters).flatMap((key) => PARAMETER_NAMES.filter((name) => name === key));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
