import { median } from 'simple-statistics';
import { bayes } from '../../../src/search/bayes.ts';
import type { Sampler } from '../../../src/search/sampler.ts';
import { tpe } from '../../../src/search/tpe.ts';
import { PROBLEMS, type Problem } from '../../search/problems.ts';
import type { Bench, BenchCase, Measurement } from '../bench-case.ts';
import { PeerProcess } from '../peer-process.ts';
import { regrets } from '../regret.ts';

/** Not those that the samplers' constants were chosen on (from 5000 on). */
const FIRST_SEED = 0;
const TRIALS = 100;
const MARKS = [25, 50, 100];
const OURS: Readonly<Record<string, () => Sampler>> = { bayes, tpe: () => tpe };
const PEERS = ['random', 'tpe', 'cmaes'];
const IN_FLIGHT = [1, 8];
/** Optuna 5.0 (a build of 08/2026, multivariate TPE with liar, one trial at a time) after 100 trials, 20 seeds. */
const OPTUNA_5: Readonly<Record<string, number>> = { branin: 0.019, hartmann6: 0.094 };

export const benchCase: BenchCase = {
  name: 'search',
  measures:
    'Regret (best loss so far, less the minimum) of `search: auto`, which is bayes here, on four test problems: median of 30 ' +
    'repeats after 25, 50 and 100 trials, with one and with eight trials in flight (`lookahead`). Time: of the CPU, a proposal.',
  peer: 'Optuna: of random, TPE (multivariate, group, constant liar) and CMA-ES the one with the smallest median, as many trials in flight',

  async run(bench) {
    const rows: Measurement[] = [];
    for (const inFlight of IN_FLIGHT)
      for (const problem of PROBLEMS) rows.push(...(await measure(bench, problem, inFlight)));
    rows.push(...proposalTimes(bench.quick));
    return rows;
  },
};

async function measure({ quick }: Bench, problem: Problem, inFlight: number): Promise<Measurement[]> {
  const seeds = Array.from({ length: quick ? 2 : 30 }, (_, i) => FIRST_SEED + i);
  const trials = quick ? 30 : TRIALS;
  const ours = Object.entries(OURS).map(([name, sampler]) => {
    return { name, runs: seeds.map((seed) => regrets(problem, sampler(), seed, trials, inFlight)) };
  });
  const peer = new PeerProcess('search.py', {});
  try {
    await peer.answer();
    const peers: { name: string; runs: number[][] }[] = [];
    for (const name of PEERS) {
      const runs = [];
      for (const seed of seeds) runs.push(await peerRegrets(peer, problem, name, seed, trials, inFlight));
      peers.push({ name, runs });
    }
    const at = (runs: number[][], mark: number): number => median(runs.map((run) => run[mark - 1]!));
    return MARKS.filter((mark) => mark <= trials).map((mark) => {
      const best = Math.min(...peers.map(({ runs }) => at(runs, mark)));
      const all = [...ours, ...peers.map(({ name, runs }) => ({ name: `Optuna's ${name}`, runs }))];
      const anchor = inFlight === 1 && mark === 100 ? OPTUNA_5[problem.name] : undefined;
      return {
        what: `${problem.name}, after ${mark}, ${inFlight} in flight`,
        unit: '',
        ours: [at(ours[0]!.runs, mark)],
        peer: [best],
        target: { figure: 'peer/ours', sense: 'at least', minimum: 0.8, aim: 1 },
        notes: [
          all.map(({ name, runs }) => `${name} ${at(runs, mark).toPrecision(3)}`).join(', ') +
            (anchor === undefined ? '' : `; Optuna 5.0 ${anchor}`),
          ...ours.map(
            ({ name, runs }) =>
              `${name} beats random in ${wins(runs, peers[0]!.runs, mark)} of ${seeds.length} repeats`,
          ),
        ],
      };
    });
  } finally {
    await peer.close();
  }
}

function wins(ours: number[][], random: number[][], mark: number): number {
  return ours.filter((run, i) => run[mark - 1]! < random[i]![mark - 1]!).length;
}

async function peerRegrets(
  peer: PeerProcess,
  { space: { dimensions }, needs, minimum, loss }: Problem,
  sampler: string,
  seed: number,
  trials: number,
  inFlight: number,
): Promise<number[]> {
  const question = {
    sampler,
    seed,
    trials,
    in_flight: inFlight,
    dimensions,
    needs: dimensions.map((_, d) => needs[d] ?? null),
  };
  let answer = (await peer.ask(question)) as { point?: (number | null)[] };
  const regrets: number[] = [];
  while (answer.point !== undefined) {
    const found = loss(answer.point.map((x) => x ?? NaN));
    regrets.push(Math.min(regrets.at(-1) ?? Infinity, found - minimum));
    answer = (await peer.ask({ loss: found })) as typeof answer;
  }
  return regrets;
}

/** CPU milliseconds a proposal, over the last tenth of so many trials on the network problem, fits included. */
function proposalTimes(quick: boolean): Measurement[] {
  const problem = PROBLEMS.find(({ name }) => name === 'network')!;
  return Object.entries(OURS).flatMap(([name, sampler]) =>
    [100, 500].map((trials): Measurement => {
      const size = quick ? trials / 10 : trials;
      let startedAt = process.cpuUsage();
      const last = size * 0.9;
      regrets(problem, sampler(), FIRST_SEED, size, 8, (index) => {
        if (index === last) startedAt = process.cpuUsage();
      });
      const { user, system } = process.cpuUsage(startedAt);
      const most = name === 'tpe' ? (trials === 100 ? 2 : 10) : trials === 100 ? 50 : 300;
      return {
        what: `a ${name} proposal at ${trials} trials`,
        unit: 'ms',
        ours: [(user + system) / 1000 / (size - last)],
        peer: [],
        target: { figure: 'ours', sense: 'at most', minimum: most, aim: most },
        notes: [],
      };
    }),
  );
}
