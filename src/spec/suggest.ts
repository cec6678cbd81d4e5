import { distance } from 'fastest-levenshtein';

/** `did you mean …?` where one of the candidates is close to what was written; otherwise what there is to choose from. */
export function suggest(written: string, candidates: readonly string[], listed = candidates): string {
  const near = nearest(written, candidates);
  return near === undefined ? `use one of ${listed.join(', ')}` : `did you mean \`${near}\`?`;
}

/** The candidate that was probably meant: a few letters off (two of five) or out of order, abbreviated (`arch`, `lr`) or prolonged. */
export function nearest(written: string, candidates: readonly string[]): string | undefined {
  const word = written.slice(0, 64).toLowerCase().replaceAll('-', '_');
  const [closest] = candidates
    .map((candidate) => ({ candidate, cost: distance(word, candidate) }))
    .sort((a, b) => a.cost - b.cost);
  if (closest && closest.cost <= 0.4 * Math.max(word.length, closest.candidate.length)) return closest.candidate;
  return candidates.find(
    (candidate) =>
      sorted(word) === sorted(candidate) ||
      (word.length >= 2 && (candidate.startsWith(word) || initials(candidate) === word)) ||
      (candidate.length >= 3 && word.startsWith(candidate)),
  );
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
