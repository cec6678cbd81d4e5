/**
 * 576 recorded VAEs (test/bench/search/sprites-mini.csv, val/elbo of all 27 epochs), of which 64 are drawn again and again:
 * how often each way to prune trains the winner of all to the end, or one that it can't be told from, and its epochs. Also
 * of the MLPs alone: the winners of all are convolutional, and lie on a plateau for up to eight epochs, which no rule sees through.
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
const MIN_EPOCHS = [1, 3, 9];
/** What halving keeps to among MLPs, from a first rung after a ninth of the epochs on. */
const [PROMISED_FROM, KEPT, MOST_EPOCHS] = [3, 0.95, 0.35];
/** About what two seeds differ by (docs/design/intervals.md): the table has one seed, and no intervals. */
const SEED_NOISE = 0.6;

/** val/elbo after each epoch; shorter where it diverged. */
type Curve = readonly number[];

interface Recorded {
  readonly architecture: string;
  readonly curve: Curve;
}

export function checkTable(): void {
  const [, ...lines] = readFileSync(TABLE, 'utf8').trimEnd().split('\n');
  const table = lines.map((line): Recorded => {
    const cells = line.split(',');
    const curve = cells.slice(AXES.length).filter((cell) => cell !== '');
    return { architecture: cells[0]!, curve: curve.map(Number) };
  });
  const mlps = table.filter(({ architecture }) => architecture === 'mlp');
  for (const minEpochs of MIN_EPOCHS) {
    for (const [whose, rows] of [
      ['all', table],
      ['MLPs', mlps],
    ] as const) {
      note(`${whose}, first rung after epoch ${minEpochs} of ${EPOCHS}:`);
      for (const method of PRUNING_METHODS) {
        const { tied, epochs } = resampled(
          method,
          minEpochs,
          rows.map(({ curve }) => curve),
        );
        if (whose !== 'MLPs' || method !== 'halving' || minEpochs !== PROMISED_FROM) continue;
        check(`halving keeps the best MLP, or one tied with it, in ${percent(KEPT)}`, tied >= KEPT, tied);
        check(`halving takes at most ${percent(MOST_EPOCHS)} of the epochs`, epochs <= MOST_EPOCHS, epochs);
      }
    }
  }
}

/** Shares: of draws in which it keeps the winner or one tied with it, and of the epochs that it trains. */
function resampled(
  method: PruningMethod,
  minEpochs: number,
  table: readonly Curve[],
): { tied: number; epochs: number } {
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
  const spent = epochs / (RESAMPLINGS * SIZE * EPOCHS);
  note(
    `${method}: ${percent(spent)} of the epochs; trains the winner to the end in ${percent(found / RESAMPLINGS)}, it or one within ${SEED_NOISE} nats in ${percent(tied / RESAMPLINGS)}`,
  );
  return { tied: tied / RESAMPLINGS, epochs: spent };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
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
