import { distance } from 'fastest-levenshtein';
import { DATASETS } from '../data/datasets/index.ts';
import { METRICS } from '../metrics/index.ts';
import { ACTIVATIONS } from '../model/activation.ts';
import { ARCHITECTURES } from '../model/architectures/index.ts';
import { LIKELIHOODS } from '../model/likelihoods/index.ts';
import type { Named } from '../model/named.ts';
import { PARAMETERS } from '../model/parameters.ts';
import { SAMPLERS } from './expansion/samplers.ts';

/** `did you mean …?` where one of the candidates is close to what was written; otherwise what there is to choose from. */
export function suggest(written: string, candidates: readonly string[]): string {
  const near = nearest(written, candidates);
  return near === undefined ? `use one of ${candidates.join(', ')}` : `did you mean \`${near}\`?`;
}

/**
 * The candidate that was probably meant: a few letters off (two of five) or out of order, abbreviated (`arch`, `lr`),
 * prolonged (`betas`, `hidden_sizes`) or known by another name. None for the name of a different thing.
 */
export function nearest(written: string, candidates: readonly string[]): string | undefined {
  const word = normal(written);
  if (isOtherThing(written)) return undefined;
  const alias = candidates.find((candidate) => candidate === OTHER_NAMES[word]);
  if (alias !== undefined) return alias;
  const [closest] = candidates
    .map((candidate) => ({ candidate, cost: cost(word, candidate) }))
    .sort((a, b) => a.cost - b.cost);
  if (closest && closest.cost <= 0.4) return closest.candidate;
  return candidates.find(
    (candidate) =>
      sorted(word) === sorted(candidate) ||
      (word.length >= 3 && candidate.startsWith(word)) ||
      (word.length >= 2 && initials(candidate) === word) ||
      (candidate.length >= 3 && word.startsWith(candidate) && PROLONGED.test(word.slice(candidate.length))),
  );
}

/** Names a letter or two from one of ours that mean something else, which this program doesn't have. */
export function isOtherThing(written: string): boolean {
  return OTHER_THINGS.has(normal(written));
}

const DEFINITIONS: readonly Named[] = [
  ...[...PARAMETERS, ...ARCHITECTURES, ...LIKELIHOODS, ...METRICS, ...DATASETS, ...SAMPLERS],
  ...Object.entries(ACTIVATIONS).map(([name, activation]) => ({ name, ...activation })),
];

const OTHER_THINGS: ReadonlySet<string> = new Set(DEFINITIONS.flatMap(({ otherThings = [] }) => otherThings));

const OTHER_NAMES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(DEFINITIONS.flatMap(({ name, aliases = [] }) => aliases.map((alias) => [alias, name]))),
  // Of the spec's own keys.
  method: 'search',
  run_cap: 'trials',
};

/** What may follow a word without changing what it means. */
const PROLONGED =
  /^([a-z0-9]*|_(dims?|fn|function|layers?|list|name|net|network|search|sizes?|uniform|units?|values?|weight|widths?))$/;

function normal(word: string): string {
  return word.slice(0, 64).toLowerCase().replaceAll('-', '_');
}

/** Edits, as a share of the longer word. Of names with a folder (`val/elbo`), only what comes after it where it is the same or left out. */
function cost(word: string, candidate: string): number {
  const folder = candidate.slice(0, candidate.indexOf('/') + 1);
  const isFullName = word.includes('/') && !word.startsWith(folder);
  const name = isFullName ? candidate : candidate.slice(folder.length);
  const given = word.startsWith(folder) ? word.slice(folder.length) : word;
  return distance(given, name) / Math.max(given.length, name.length, 1);
}

function sorted(word: string): string {
  return word.split('').sort().join('');
}

function initials(name: string): string {
  return name
    .split('_')
    .map((word) => word.slice(0, 1))
    .join('');
}
