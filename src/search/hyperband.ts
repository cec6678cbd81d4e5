/**
 * Hyperband's brackets (Li et al. 2018, Algorithm 1): successive halving from each of its rungs on, and once without any, for
 * whoever a first epoch says nothing of. Here they share the configurations that there are: in the paper's proportions,
 * which give each bracket about the same number of epochs.
 */

/** `rungs` are those of a bracket; the first bracket has all, each further one begins a rung later, and the last has none. */
export interface Bracket {
  readonly rungs: readonly number[];
  /** How many configurations it has in the paper: ⌈(s_max + 1) / (s + 1) · eta^s⌉, of s rungs. */
  readonly weight: number;
}

export function hyperbandBrackets(rungs: readonly number[], eta: number): Bracket[] {
  return Array.from({ length: rungs.length + 1 }, (_, first) => {
    const halvings = rungs.length - first;
    return { rungs: rungs.slice(first), weight: Math.ceil(((rungs.length + 1) / (halvings + 1)) * eta ** halvings) };
  });
}

/** How many of `count` each bracket has: by largest remainders, of equal ones the earlier first. */
export function shareOut(count: number, brackets: readonly Bracket[]): number[] {
  const total = brackets.reduce((sum, { weight }) => sum + weight, 0);
  const exact = brackets.map(({ weight }) => (count * weight) / total);
  const sizes = exact.map(Math.floor);
  const byRemainder = exact.map((size, i) => ({ i, rest: size - Math.floor(size) })).sort((a, b) => b.rest - a.rest);
  const left = count - sizes.reduce((sum, size) => sum + size, 0);
  for (const { i } of byRemainder.slice(0, left)) sizes[i]!++;
  return sizes;
}

/**
 * The bracket of cohort `index`, where each cohort is one: in turn, so that after any number of cohorts each bracket has had
 * its share of them, as nearly as it can be (smooth weighted round robin).
 */
export function bracketOfCohort(index: number, brackets: readonly Bracket[]): number {
  const total = brackets.reduce((sum, { weight }) => sum + weight, 0);
  const credit = brackets.map(() => 0);
  let chosen = 0;
  for (let turn = 0; turn <= index % total; turn++) {
    for (const [i, { weight }] of brackets.entries()) credit[i]! += weight;
    chosen = credit.indexOf(Math.max(...credit));
    credit[chosen]! -= total;
  }
  return chosen;
}
