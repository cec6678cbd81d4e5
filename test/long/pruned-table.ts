/**
 * 576 recorded VAEs (test/bench/search/sprites-mini.csv, val/elbo of all nine epochs), of which 64 are drawn again and again:
 * how often each way to prune trains the winner of all to the end, what it misses it by where it doesn't, and its epochs.
 */
import { readFileSync } from 'node:fs';
import { randomStream } from '../../src/random.ts';
import { judgeRung, type Contender } from '../../src/search/halving.ts';
import { shareOut } from '../../src/search/hyperband.ts';
import {
  bracketsOf,
  PRUNING,
  PRUNING_METHODS,
  shareOf,
  type Pruning,
  type PruningMethod,
} from '../../src/search/pruning.ts';
import { AXES, EPOCHS, TABLE } from '../bench/search/vae-table.ts';
import { check, note } from './checks.ts';

const RESAMPLINGS = 1_000;
const SIZE = 64;
const LOOKAHEAD = 8;
/** After the first epoch of this table the winners of all nine are in the middle: no rule can know them there. */
const MIN_EPOCHS = [1, 2, 3];
const KEPT_FROM = 3;
const KEPT = 0.95;
/** About what two seeds differ by (ARCHITECTURE, "What the report's intervals rest on"): the table has one seed, and no intervals. */
const SEED_NOISE = 0.6;

/** val/elbo after each epoch; shorter where it diverged. */
type Curve = readonly number[];

export function checkTable(): void {
  const [, ...lines] = readFileSync(TABLE, 'utf8').trimEnd().split('\n');
  const table = lines.map((line): Curve =>
    line
      .split(',')
      .slice(AXES.length)
      .filter((cell) => cell !== '')
      .map(Number),
  );
  for (const minEpochs of MIN_EPOCHS) {
    note(`first rung after epoch ${minEpochs} of ${EPOCHS}:`);
    for (const method of PRUNING_METHODS) checkMethod(method, minEpochs, table);
  }
}

function checkMethod(method: PruningMethod, minEpochs: number, table: readonly Curve[]): void {
  const random = randomStream(['pruned-table']);
  const cohortSize = PRUNING[method].comparedWith === 'the cohort' ? null : LOOKAHEAD;
  const prune: Pruning = { method, minEpochs, eta: method === 'median' ? 2 : 3, cohortSize };
  let [found, tied, epochs] = [0, 0, 0];
  for (let i = 0; i < RESAMPLINGS; i++) {
    const drawn = random.permutation(table.length).slice(0, SIZE);
    const curves = Array.from(drawn, (line) => table[line]!);
    const ends = trained(prune, curves);
    const whole = curves.filter((_, c) => ends[c] === EPOCHS);
    const missed = Math.max(...curves.map(best)) - Math.max(...whole.map(best));
    if (missed === 0) found++;
    if (missed <= SEED_NOISE) tied++;
    epochs += ends.reduce((sum, end) => sum + end, 0);
  }
  const share = (count: number): string => `${((100 * count) / RESAMPLINGS).toFixed(1)} %`;
  const spent = ((100 * epochs) / (RESAMPLINGS * SIZE * EPOCHS)).toFixed(0);
  note(
    `${method}: ${spent} % of the epochs; trains the winner to the end in ${share(found)}, it or one within ${SEED_NOISE} nats in ${share(tied)}`,
  );
  if (minEpochs < KEPT_FROM) return;
  check(`${method}: the winner, or one tied with it, in ${100 * KEPT} %`, tied >= KEPT * RESAMPLINGS, tied);
}

function best(curve: Curve): number {
  return curve.length < EPOCHS ? -Infinity : Math.max(...curve);
}

/** The epochs that each is trained. */
function trained(prune: Pruning, curves: readonly Curve[]): number[] {
  const { comparedWith } = PRUNING[prune.method];
  const ends = curves.map(({ length }) => length);
  const brackets = bracketsOf(prune, EPOCHS);
  let first = 0;
  for (const [b, count] of shareOut(curves.length, brackets).entries()) {
    const size = prune.cohortSize ?? count;
    const all = Array.from({ length: count }, (_, i) => first + i);
    first += count;
    let alive = all;
    let pruned: number[] = [];
    for (const epoch of brackets[b]!.rungs) {
      const at = (c: number): Contender => ({ family: '', value: curves[c]![epoch - 1] ?? null, isAnnealing: false });
      const next: number[] = [];
      const left: number[] = [];
      for (let from = all[0] ?? 0; from < first; from += size) {
        const cohort = alive.filter((c) => c >= from && c < from + size);
        const before = comparedWith === 'the cohort' ? [] : alive.filter((c) => c < from).map(at);
        const behind = comparedWith === 'all before' ? pruned.filter((c) => c < from + size) : [];
        const worst = behind.map((): Contender => ({ family: '', value: null, isAnnealing: false }));
        for (const [i, { verdict }] of judgeRung(
          cohort.map(at),
          [...before, ...worst],
          shareOf(prune),
          'maximize',
        ).entries())
          (verdict === 'pruned' ? left : next).push(cohort[i]!);
      }
      for (const c of left) ends[c] = Math.min(ends[c]!, epoch);
      alive = next;
      pruned = [...pruned, ...left];
    }
  }
  return ends;
}
