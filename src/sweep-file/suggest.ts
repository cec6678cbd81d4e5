import { distance } from 'fastest-levenshtein';

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

const OTHER_THINGS: ReadonlySet<string> = new Set([
  ...['emnist', 'kmnist', 'qmnist', 'mnistm', 'mnist_m', 'mnist1d', 'notmnist', 'not_mnist', 'medmnist', '3d_sprites'],
  ...['gelu', 'selu', 'celu', 'silu', 'crelu', 'prelu', 'rrelu', 'relu6', 'atanh', 'tanhshrink', 'hardtanh'],
  ...['beta1', 'beta2', 'beta_1', 'beta_2', 'eta', 'theta', 'zeta', 'vq'],
]);

const OTHER_NAMES: Readonly<Record<string, string>> = {
  fmnist: 'fashion-mnist',
  lrelu: 'leaky_relu',
  cnn: 'conv',
  dense: 'mlp',
  fc: 'mlp',
  kl_weight: 'beta',
  z_dim: 'latent_dim',
  latents: 'latent_dim',
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
