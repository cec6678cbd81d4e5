import { readFile, writeFile } from 'node:fs/promises';
import { median } from 'simple-statistics';
import { PROBLEMS as FUNCTIONS, type Problem } from '../../search/problems.ts';
import { learntVolume, randomVolume, TRADES } from '../../search/trades.ts';
import type { BenchCase, Measurement } from '../bench-case.ts';
import { regrets } from '../regret.ts';
import { parseRuns, type Run } from '../search/curves.ts';
import { OURS, ourRuns } from '../search/our-runs.ts';
import { regretPicture, type RegretPanel } from '../search/regret-picture.ts';
import { IN_FLIGHT, optunaFile, PROBLEMS, SEEDS, TRIALS } from '../search/settings.ts';

const MARKS = [25, 50, 100];
/** Optuna 5.0 (a build of 08/2026, multivariate TPE with liar, one trial at a time) after 100 trials, 20 seeds. */
const OPTUNA_5: Readonly<Record<string, number>> = { branin: 0.019, hartmann6: 0.094 };
/** Less regret than this counts as so much: what two seeds of a VAE differ by is a hundred times more. */
const NONE = 1e-3;
const PICTURE = new URL('../../../docs/pictures/regret.svg', import.meta.url);

export const benchCase: BenchCase = {
  name: 'search',
  measures:
    'Regret (best loss so far, less the minimum) of `search: auto`, which is bayes here, on four functions and on recorded ' +
    'results of 576 VAEs: median of 30 repeats after 25, 50 and 100 trials, with one and with eight trials in flight ' +
    '(`lookahead`). Time: of the CPU, a proposal.',
  peer:
    'Optuna with as many trials in flight: of random, TPE (multivariate, group, constant liar) and CMA-ES the one with the ' +
    'smallest median there. Its runs are on record (test/bench/search/record-optuna.ts).',

  async run({ quick }) {
    const seeds = quick ? SEEDS.slice(0, 2) : SEEDS;
    const trials = quick ? 30 : TRIALS;
    const settings = PROBLEMS.flatMap((problem) => IN_FLIGHT.map((inFlight) => ({ problem, inFlight })));
    const ours = await ourRuns(
      settings.flatMap(({ problem: { name: problem }, inFlight }) =>
        Object.keys(OURS).flatMap((sampler) => seeds.map((seed) => ({ problem, sampler, seed, trials, inFlight }))),
      ),
    );
    const rows: Measurement[] = [];
    const panels: ReturnType<typeof panelOf>[] = [];
    for (const [i, { problem, inFlight }] of settings.entries()) {
      const each = ours.length / settings.length;
      const recorded = parseRuns(problem, await readFile(optunaFile(problem), 'utf8'));
      const peers = recorded.runs.filter((run) => run.sampler === 'random' || run.inFlight === inFlight);
      const mine = ours.slice(i * each, (i + 1) * each);
      rows.push(...compared(problem, inFlight, mine, peers, trials));
      panels.push(panelOf(problem, inFlight, mine, peers));
    }
    if (!quick)
      await writeFile(PICTURE, regretPicture(IN_FLIGHT.map((n) => panels.filter((panel) => panel.inFlight === n))));
    return [...rows, ...trades(), ...proposalTimes(quick)];
  },
};

function compared(
  problem: Problem,
  inFlight: number,
  ours: readonly Run[],
  peers: readonly Run[],
  trials: number,
): Measurement[] {
  const [mine, theirs] = [ours, peers].map((runs) => Map.groupBy(runs, ({ sampler }) => sampler));
  return MARKS.filter((mark) => mark <= trials).map((mark) => {
    const at = (runs: readonly Run[]): number => Math.max(NONE, median(runs.map((run) => run.regrets[mark - 1]!)));
    const best = Math.min(...[...theirs!.values()].map(at));
    const anchor = inFlight === 1 && mark === 100 ? OPTUNA_5[problem.name] : undefined;
    const figures = [
      ...[...mine!].map(([name, runs]) => `${name} ${at(runs).toPrecision(3)}`),
      ...[...theirs!].map(([name, runs]) => `Optuna's ${name} ${at(runs).toPrecision(3)}`),
      ...(anchor === undefined ? [] : [`Optuna 5.0's tpe ${anchor}`]),
    ];
    return {
      what: `${problem.name}, after ${mark}, ${inFlight} in flight`,
      unit: '',
      ours: [at(mine!.get('bayes')!)],
      peer: [best],
      target: { figure: 'peer/ours', sense: 'at least', minimum: 0.8, aim: 1 },
      notes: [
        figures.join(', '),
        ...[...mine!].map(
          ([name, runs]) => `${name} beats random in ${wins(runs, theirs!.get('random')!, mark)} repeats`,
        ),
      ],
    };
  });
}

function panelOf(
  { name }: Problem,
  inFlight: number,
  ours: readonly Run[],
  peers: readonly Run[],
): RegretPanel & { readonly inFlight: number } {
  const curve = (runs: readonly Run[]): number[] =>
    runs[0]!.regrets.map((_, i) => Math.max(NONE, median(runs.map(({ regrets }) => regrets[i]!))));
  const named = [
    ...[...Map.groupBy(ours, ({ sampler }) => sampler)],
    ...[...Map.groupBy(peers, ({ sampler }) => sampler)].map(
      ([sampler, runs]) => [`Optuna's ${sampler}`, runs] as const,
    ),
  ];
  const medians = new Map(named.map(([sampler, runs]) => [sampler, curve(runs)]));
  return { title: `${name}, ${inFlight} in flight`, inFlight, medians };
}

/** By seeds, of which each of ours has its like. */
function wins(ours: readonly Run[], random: readonly Run[], mark: number): string {
  const after = ({ regrets }: Run): number => regrets[mark - 1]!;
  const won = ours.filter((run) => after(run) < after(random.find(({ seed }) => seed === run.seed)!));
  return `${won.length} of ${ours.length}`;
}

/** Of two objectives, with eight in flight: in how many of ten repeats it covers more of a known front than random points do. */
function trades(): Measurement[] {
  return TRADES.flatMap((trade) =>
    (['bayes', 'tpe'] as const).map((name): Measurement => {
      const volumes = Array.from({ length: 10 }, (_, seed) => ({
        ours: learntVolume(trade, name, OURS[name]!(), seed),
        random: randomVolume(trade, seed),
      }));
      const [ours, random] = (['ours', 'random'] as const).map((who) => median(volumes.map((one) => one[who])));
      return {
        what: `two objectives, ${trade.name}: ${name} after 50`,
        unit: 'of 10',
        ours: [volumes.filter((one) => one.ours > one.random).length],
        peer: [],
        target: { figure: 'ours', sense: 'at least', minimum: 9, aim: 10 },
        notes: [`hypervolume ${ours!.toPrecision(4)}, random ${random!.toPrecision(4)}, medians`],
      };
    }),
  );
}

/** CPU milliseconds a proposal, over the last tenth of so many trials on the network problem, fits included. */
function proposalTimes(quick: boolean): Measurement[] {
  const problem = FUNCTIONS.find(({ name }) => name === 'network')!;
  return Object.entries(OURS).flatMap(([name, sampler]) =>
    [100, 500].map((trials): Measurement => {
      const size = quick ? trials / 10 : trials;
      let startedAt = process.cpuUsage();
      const last = size * 0.9;
      regrets(problem, sampler(), SEEDS[0]!, size, 8, (index) => {
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
