/** So many runs of places are listed; more would be longer than what they say. */
const LISTED = 8;

/** `#1–4, #7`. */
export function describePlaces(ranks: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const rank of ranks) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === rank - 1) run[1] = rank;
    else runs.push([rank, rank]);
  }
  const texts = runs.slice(0, LISTED).map(([first, last]) => `#${first}${first === last ? '' : `–${last}`}`);
  return [...texts, ...(runs.length > LISTED ? ['…'] : [])].join(', ');
}
