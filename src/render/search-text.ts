/** A search in four answers: what was found, what it cost, what mattered, what next. */
import { nameOf, type ParameterEffect } from '../analysis/effects/effects.ts';
import { importanceOf } from '../analysis/refine/importance.ts';
import type { RefinedParameter } from '../analysis/refine/refinement.ts';
import type { ReportModel } from '../analysis/report-model.ts';
import type { SearchAccount } from '../analysis/search-account.ts';
import { count } from '../text/format-number.ts';
import { formatValue } from '../text/format-value.ts';
import { plain } from '../text/printable.ts';
import { shellWord } from '../text/shell-word.ts';
import { shareText } from './effects-text.ts';
import { formatDuration } from './format.ts';
import { headline } from './headline-text.ts';
import { whyNothing } from './next-spec-text.ts';
import { unbroken } from './text.ts';

/** Each with its name; none of a sweep that searched nothing. Commands end with `flags`. */
export function searchAnswers(model: ReportModel, flags = ''): (readonly [name: string, answer: string])[] {
  const { search } = model;
  if (search === null) return [];
  return [
    ['found', headline(model)],
    ['cost', costText(search)],
    ['mattered', matteredText(search)],
    ['next', nextText(model, search, flags)],
  ];
}

/** `64 trials, 230 epochs, 1 h 12 min of training; pruning saved 410 epochs (64 %).` */
function costText({ trials, epochs, seconds, saved }: SearchAccount): string {
  const share = Math.round((100 * saved) / Math.max(1, epochs + saved));
  const pruned = saved === 0 ? '' : `; pruning saved ${count(saved, 'epoch')} (${share} %)`;
  return `${count(trials, 'trial')}, ${count(epochs, 'epoch')}, ${formatDuration(seconds)} of training${pruned}.`;
}

/** `beta 57 % (51 to 62), learning_rate 20 % (15 to 26); hardly latent_dim.` */
function matteredText({ effects, epoch }: SearchAccount): string {
  const told = effects.parameters.filter(({ share }) => share !== null);
  if (told.length === 0) return 'too few configurations have a result to tell.';
  const isHardly = ({ parameters }: ParameterEffect): boolean =>
    parameters.every((name) => importanceOf(name, effects).kind === 'hardly');
  const mattered = told.filter((one) => !isHardly(one)).map((one) => `${nameOf(one)} ${shareText(one.share)}`);
  const hardly = told.filter(isHardly).map(nameOf);
  const parts = [
    mattered.length === 0 ? 'nothing much' : `${mattered.join(', ')} of the variance`,
    ...(hardly.length === 0 ? [] : [`hardly ${hardly.join(', ')}`]),
  ];
  const when = epoch === null ? '' : `, told after epoch ${epoch}, where what was pruned can be compared`;
  return `${parts.join('; ')}${when}.`;
}

/** `beta narrowed to 0.71–1.4, learning_rate on to 0.1: sweep report beta --next > sweeps/beta-2.yaml`. */
function nextText(model: ReportModel, { next }: SearchAccount, flags: string): string {
  if (next.kind !== 'refined') return whyNothing(next, model);
  const looked = next.parameters.filter(({ kind }) => kind === 'narrowed' || kind === 'extended');
  const sweep = shellWord(plain(model.sweep));
  const command = unbroken(`sweep report ${sweep} --next${flags} > next.yaml`);
  return `${looked.length === 0 ? 'a smaller space' : looked.map(describe).join(', ')}: ${command}`;
}

function describe({ parameter, kind, domain }: RefinedParameter): string {
  const [from, to] = domain.kind === 'range' ? [domain.min, domain.max] : [domain.values[0], domain.values.at(-1)];
  return `${parameter} ${kind} to ${formatValue(from)}–${formatValue(to)}`;
}
