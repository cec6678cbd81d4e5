/** Regret curves on record: a line a run, in which only the trials are named that found something better. */
import { sobolCoordinate } from '../../../src/search/sobol-sequence.ts';
import type { Problem } from '../../search/problems.ts';

export interface Run {
  readonly sampler: string;
  /** Trials open at a time; 1 stands for any number where the sampler reads no results. */
  readonly inFlight: number;
  readonly seed: number;
  /** After each trial: the best loss so far, less the minimum. */
  readonly regrets: readonly number[];
}

const COLUMNS = 'in_flight,sampler,seed,trials,improvements';

/** The file of a problem, by whom the runs are. */
export function formatRuns(problem: Problem, source: string, runs: readonly Run[]): string {
  const lines = runs.map(({ sampler, inFlight, seed, regrets }) => {
    const improvements = regrets.flatMap((regret, i) =>
      i === 0 || regret < regrets[i - 1]! ? [`${i + 1}:${Number(regret.toPrecision(4))}`] : [],
    );
    return [inFlight, sampler, seed, regrets.length, improvements.join(' ')].join(',');
  });
  return `${[`# ${source}; ${fingerprint(problem)}`, COLUMNS, ...lines].join('\n')}\n`;
}

/** Throws where the file is of another problem of that name. */
export function parseRuns(problem: Problem, text: string): { readonly source: string; readonly runs: Run[] } {
  const [head, columns, ...lines] = text.trimEnd().split('\n');
  const [source, found] = head!.replace('# ', '').split('; ');
  if (found !== fingerprint(problem) || columns !== COLUMNS) {
    throw new Error(`the recorded runs are not of the problem ${problem.name} as it is now: record-optuna.ts`);
  }
  const runs = lines.map((line): Run => {
    const [inFlight, sampler, seed, trials, improvements] = line.split(',');
    const steps = new Map(improvements!.split(' ').map((step) => step.split(':').map(Number) as [number, number]));
    let best = Infinity;
    const regrets = Array.from({ length: Number(trials) }, (_, i) => (best = steps.get(i + 1) ?? best));
    return { sampler: sampler!, inFlight: Number(inFlight), seed: Number(seed), regrets };
  });
  return { source: source!, runs };
}

/** Losses at the first points of a Sobol sequence, so that a problem that was changed is noticed. */
function fingerprint({ space, loss }: Problem): string {
  let sum = 0;
  for (let i = 0; i < 64; i++) {
    const point = space.build((d) => {
      const position = sobolCoordinate(i, d) / 2 ** 32;
      const dimension = space.dimensions[d]!;
      return dimension.kind === 'ordered' ? position : Math.floor(position * dimension.count);
    });
    sum += loss(point);
  }
  return `losses of 64 points add up to ${sum.toPrecision(8)}`;
}
