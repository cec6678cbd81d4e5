/** Schedules that can't be in a training of so many epochs, and parts of an objective that exclude each other. */
import {
  betaCycles,
  betaSchedule,
  betaWarmup,
  capacity,
  capacityWarmup,
  freeBits,
} from '../../model/objective-parameters.ts';
import { lrSchedule, lrStep, lrWarmup, patience } from '../../model/optimizer-parameters.ts';
import { valueOr, type Parameter, type Parameters } from '../../model/parameter.ts';
import { count } from '../../text/format-number.ts';
import { configurationsOf, countTrials, DEFAULT_MAX_TRIALS } from '../expansion/expand.ts';
import type { Finding } from '../issue.ts';
import { isSame } from '../expansion/space.ts';
import type { SweepSpec } from '../spec.ts';

/** So many configurations are looked at; what is wrong with a value is mostly wrong with the first that has it. */
const LOOKED_AT = 5_000;

interface Problem {
  /** Whose values it is about; the first that the spec names is shown. */
  readonly of: readonly Parameter[];
  readonly message: string;
  readonly hint: string;
}

const LOOKED_FOR: readonly Pick<Parameter, 'name' | 'default'>[] = [
  ...[betaSchedule, betaCycles, betaWarmup, capacity, capacityWarmup, freeBits],
  ...[lrSchedule, lrStep, lrWarmup, patience],
];

export function checkSchedules(spec: SweepSpec): Finding[] {
  // A spec of more trials than there may be is refused for that.
  if (!namesAny(spec) || countTrials(spec) > DEFAULT_MAX_TRIALS) return [];
  const found = new Map<string, Finding>();
  let looked = 0;
  for (const parameters of configurationsOf(spec)) {
    if (looked++ === LOOKED_AT) break;
    for (const { of, message, hint } of problemsOf(parameters, spec)) {
      const path = placeOf(spec, of, parameters);
      found.set(`${path.join('.')} ${message}`, { code: 'conflict', at: 'value', path, message, hint });
    }
  }
  return [...found.values()];
}

/** Whether it says of one of them more than its default. */
function namesAny({ axes, when, tried }: SweepSpec): boolean {
  return LOOKED_FOR.some(({ name, default: usual }) => {
    const domain = axes.find(({ parameter }) => parameter === name)!.domain;
    if (domain.kind === 'range' || domain.values.some((value) => !isSame(value, usual))) return true;
    return when.some(({ then }) => name in then) || tried.some((one) => !isSame(one[name] ?? usual, usual));
  });
}

function problemsOf(parameters: Parameters, { train: { epochs }, dataset }: SweepSpec): Problem[] {
  const of = <Value extends string | number>(definition: Parameter<Value>): Value => valueOr(parameters, definition);
  const trained = `the training has ${count(epochs, 'epoch')}`;
  const problems: Problem[] = [];
  const tell = (isSo: boolean, about: readonly Parameter[], message: string, hint: string): void => {
    if (isSo) problems.push({ of: about, message, hint });
  };
  const warmups = [
    [betaWarmup, 'beta', [betaWarmup, betaSchedule]],
    [capacityWarmup, 'capacity', [capacityWarmup, capacity]],
    [lrWarmup, 'learning_rate', [lrWarmup]],
  ] as const;
  for (const [definition, what, about] of warmups) {
    const warmup = definition.name in parameters ? of(definition) : 0;
    tell(
      warmup >= epochs,
      about,
      `\`${definition.name}: ${warmup}\` leaves no epoch with the full ${what}: ${trained}`,
      epochs === 1 ? 'train more epochs' : `train more, or write ${definition.name}: ${epochs - 1} or less`,
    );
  }
  const cycles = of(betaCycles);
  const isCyclical = of(betaSchedule) === 'cyclical';
  tell(
    isCyclical && 2 * cycles > epochs,
    [betaCycles, betaSchedule],
    `\`beta_cycles: ${cycles}\` needs ${2 * cycles} epochs, two a cycle, and ${trained}`,
    epochs < 2 ? 'train more epochs' : `train more, or write beta_cycles: ${Math.floor(epochs / 2)} or less`,
  );
  tell(
    of(lrSchedule) === 'step' && of(lrStep) >= epochs,
    [lrStep, lrSchedule],
    `\`lr_step: ${of(lrStep)}\` never comes: ${trained}`,
    'train more, or write a smaller lr_step',
  );
  tell(
    of(freeBits) > 0 && of(capacity) > 0,
    [capacity, freeBits],
    '`free_bits` and `capacity` are two objectives, and a trial has one',
    'leave one of them out, or bind each to its own trials by `when`',
  );
  const waits = of(patience);
  if (waits === 0) return problems;
  tell(
    dataset.validation === 0,
    [patience],
    '`patience` needs what is held out, and `validation: 0` leaves none',
    'leave it out',
  );
  tell(
    isCyclical,
    [patience, betaSchedule],
    '`patience` would stop inside a cycle of beta, where the objective changes',
    'leave one of the two out',
  );
  const annealed = Math.max(
    'beta_warmup' in parameters ? of(betaWarmup) : 0,
    'capacity_warmup' in parameters ? of(capacityWarmup) : 0,
  );
  tell(
    !isCyclical && annealed < epochs && annealed + 1 + waits >= epochs,
    [patience],
    `\`patience: ${waits}\` can stop nothing: ${trained}${annealed > 0 ? `, and it counts from the one after ${count(annealed, 'epoch')} of warm-up` : ''}`,
    'leave it out, or train more',
  );
  return problems;
}

/** Where the spec says what a configuration has of these. */
function placeOf({ axes, when, tried }: SweepSpec, of: readonly Parameter[], parameters: Parameters): Finding['path'] {
  for (const { name, default: usual } of of) {
    const value = parameters[name];
    if (value === undefined) continue;
    const rule = when.findIndex(({ then }) => {
      const domain = then[name];
      return domain?.kind === 'choices' && domain.values.some((one) => isSame(one, value));
    });
    if (rule >= 0) return ['when', rule, 'then', name];
    const domain = axes.find(({ parameter }) => parameter === name)!.domain;
    if (domain.kind === 'range') return ['parameters', name];
    const at = domain.values.findIndex((one) => isSame(one, value));
    if (at < 0) return ['try', tried.findIndex((one) => isSame(one[name]!, value)), name];
    if (domain.values.length > 1) return ['parameters', name, at];
    if (!isSame(value, usual)) return ['parameters', name];
  }
  return ['parameters', of.at(-1)!.name];
}
