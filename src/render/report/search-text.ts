/** A search in four answers: what was found, what it cost, what mattered, what next. */
import { effectName, type ParameterEffect } from '../../analysis/effects/effects.ts';
import { importanceOf } from '../../analysis/refine/importance.ts';
import type { RefinedParameter } from '../../analysis/refine/refinement.ts';
import type { ReportModel } from '../../analysis/report/report-model.ts';
import type { SearchAccount } from '../../analysis/search/search-account.ts';
import { count, formatCount } from '../../text/format-number.ts';
import { formatValue } from '../../text/format-value.ts';
import { joinWords } from '../../text/join-words.ts';
import { plain } from '../../text/printable.ts';
import { shellWord } from '../../text/shell-word.ts';
import { epochText, shareText } from '../effects/effects-text.ts';
import { formatDuration } from '../format.ts';
import { headline } from './headline-text.ts';
import { whyNothing } from './next-spec-text.ts';
import { scopeFlags } from '../scope-text.ts';

export interface SearchAnswer {
  readonly name: 'found' | 'cost' | 'mattered' | 'next';
  /** A sentence or two; of `next` with a command a clause, which the command follows. */
  readonly text: string;
  readonly command: string | null;
}

/** None of a sweep that searched nothing. The command ends with `flags`. */
export function searchAnswers(model: ReportModel, flags = ''): SearchAnswer[] {
  const { search } = model;
  if (search === null) return [];
  const said = (name: SearchAnswer['name'], text: string): SearchAnswer => ({ name, text, command: null });
  return [
    said('found', [headline(model), ...luckText(model)].join(' ')),
    said('cost', costText(search)),
    said('mattered', matteredText(search)),
    nextAnswer(model, search, flags),
  ];
}

/** The answer and its command in one; `keep`: what a line's end must not break. */
export function answerLine({ text, command }: SearchAnswer, keep: (words: string) => string = String): string {
  const whole = text.replaceAll(/`[^`]+`/g, keep);
  return command === null ? whole : `${whole}: ${keep(command)}`;
}

/**
 * The best of many is as a rule not as good as it looked: what it was chosen by has chosen its luck, too. Nothing where further
 * seeds have confirmed it, or where nothing was chosen from.
 */
export function luckText({ search, configurations, confirmation, goal, traded }: ReportModel): string[] {
  const [first] = configurations;
  if (search === null || goal === null || first?.rank !== 1 || confirmation !== null) return [];
  const { course, seeds } = search;
  const contenders = course.filter(({ end }) => end === 'completed' || end === 'pruned').length;
  if (contenders < 3) return [];
  const by = first.n === 1 ? 'seed' : `${formatCount(first.n)} seeds`;
  const interval = first.n === 1 ? '' : ': its interval allows for chance, not for the choice';
  // A screening has the first seeds there are: with others it would be another sweep.
  const isScreening = traded === null && seeds.every((seed, i) => seed === i);
  const how = isScreening
    ? `. \`seeds: { screen: ${seeds.length}, confirm: ${seeds.length + 4} }\` ranks the best by seeds of their own`
    : '';
  return [
    `It was picked from ${formatCount(contenders)} by the ${by} that it is ranked by, so it is likely to look better than it is${interval}${how}.`,
  ];
}

/** `64 trials, 230 epochs, 1 h 12 min of training, one trial after the other; pruning saved 410 epochs (64 %).` */
function costText({ trials, epochs, seconds, takenOver, saved }: SearchAccount): string {
  const share = Math.round((100 * saved) / Math.max(1, epochs + saved));
  const pruned = saved === 0 ? '' : `; pruning saved ${count(saved, 'epoch')} (${share} %)`;
  const taken =
    takenOver === 0
      ? ''
      : `; ${count(takenOver, 'result')} ${takenOver === 1 ? 'was' : 'were'} taken over from other sweeps`;
  return `${count(trials, 'trial')}, ${count(epochs, 'epoch')}, ${formatDuration(seconds)} of training, one trial after the other${pruned}${taken}.`;
}

/** Of each parameter that there is a share of, whether it hardly matters. */
export function mattering({ effects }: SearchAccount): readonly (readonly [ParameterEffect, isHardly: boolean])[] {
  const isHardly = ({ parameters }: ParameterEffect): boolean =>
    parameters.every((name) => importanceOf(name, effects).kind === 'hardly');
  return effects.parameters.filter(({ share }) => share !== null).map((one) => [one, isHardly(one)]);
}

/** `beta 57 % (51 to 62), learning_rate 20 % (15 to 26) of the variance; not told from chance latent_dim 9 % (0 to 20); hardly hidden 2 % (1 to 3).` */
function matteredText(search: SearchAccount): string {
  const { epoch, trainedOn, configurations } = search.effects;
  const told = mattering(search);
  if (told.length === 0) {
    const early = epoch === null ? '' : `, also after epoch ${epoch}, where all can be compared`;
    return `nothing that could be told: ${count(configurations, 'configuration')} ${configurations === 1 ? 'says' : 'say'} too little${early}.`;
  }
  const named = (some: typeof told): string =>
    some.map(([one]) => `${effectName(one)} ${shareText(one.share)}`).join(', ');
  const isChance = ({ share }: ParameterEffect): boolean => (share!.low ?? 1) <= 0;
  const [hardly, others] = [told.filter(([, isHardly]) => isHardly), told.filter(([, isHardly]) => !isHardly)];
  const mattered = named(others.filter(([one]) => !isChance(one)));
  const unsure = named(others.filter(([one]) => isChance(one)));
  const parts = [
    mattered === '' ? 'nothing that is told from chance' : `${mattered} of the variance`,
    ...(unsure === '' ? [] : [`${mattered === '' ? 'the most ' : 'not told from chance '}${unsure}`]),
    ...(hardly.length === 0 ? [] : [`hardly ${named(hardly)}`]),
  ];
  const when =
    epoch === null
      ? ''
      : `. That is after ${epochText(epoch, trainedOn)}, where what was pruned can be compared; at the end it may be otherwise`;
  return `${parts.join('; ')}${when}.`;
}

/** `beta narrowed to 0.71–1.4, learning_rate extended to 0.01–0.1`, and how to have that. */
function nextAnswer(model: ReportModel, { next }: SearchAccount, flags: string): SearchAnswer {
  if (next.kind !== 'refined') return { name: 'next', text: whyNothing(next, model), command: null };
  const looked = next.parameters.filter(({ kind }) => kind === 'narrowed' || kind === 'extended');
  const gone = next.parameters.filter(({ kind }) => kind === 'fixed').map(({ parameter }) => parameter);
  const text =
    looked.length > 0
      ? looked.map(describe).join(', ')
      : gone.length > 0
        ? `the same without ${joinWords(gone)}, which stays as the best has it`
        : 'fewer of the values';
  const command = `sweep report ${shellWord(plain(model.sweep))} --next${scopeFlags(model)}${flags} > next.yaml`;
  return { name: 'next', text, command };
}

function describe({ parameter, kind, domain }: RefinedParameter): string {
  const [from, to] = domain.kind === 'range' ? [domain.min, domain.max] : [domain.values[0], domain.values.at(-1)];
  return `${parameter} ${kind} to ${formatValue(from)}–${formatValue(to)}`;
}
