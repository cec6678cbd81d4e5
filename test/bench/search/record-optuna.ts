/**
 * `node test/bench/search/record-optuna.ts [PROBLEM…]`: what Optuna finds on the problems of the case `search`, to
 * optuna/<problem>.csv. Its runs follow from the seeds and its version, so the bench reads them instead of repeating minutes.
 * Needs Debian's python3-optuna (setup-peers.sh).
 */
import { mkdir, writeFile } from 'node:fs/promises';
import type { Problem } from '../../search/problems.ts';
import { PeerProcess } from '../peer-process.ts';
import { formatRuns, type Run } from './curves.ts';
import { IN_FLIGHT, optunaFile, PEERS, PROBLEMS, SEEDS, TRIALS } from './settings.ts';

const wanted = process.argv.slice(2);
await mkdir(new URL('optuna/', import.meta.url), { recursive: true });
for (const problem of PROBLEMS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const peer = new PeerProcess('search.py', {});
  const { optuna } = (await peer.answer()) as { optuna: string };
  const runs: Run[] = [];
  for (const sampler of PEERS)
    for (const inFlight of sampler === 'random' ? [1] : IN_FLIGHT)
      for (const seed of SEEDS)
        runs.push({ sampler, inFlight, seed, regrets: await regretsOf(peer, problem, { sampler, inFlight, seed }) });
  await peer.close();
  await writeFile(optunaFile(problem), formatRuns(problem, `Optuna ${optuna}`, runs));
  process.stdout.write(`${problem.name}: ${runs.length} runs\n`);
}

async function regretsOf(
  peer: PeerProcess,
  { space: { dimensions }, needs, minimum, loss }: Problem,
  { sampler, inFlight, seed }: Omit<Run, 'regrets'>,
): Promise<number[]> {
  const needed = dimensions.map((_, d) => needs[d] ?? null);
  const question = { sampler, seed, trials: TRIALS, in_flight: inFlight, dimensions, needs: needed };
  let answer = (await peer.ask(question)) as { point?: (number | null)[] };
  const regrets: number[] = [];
  while (answer.point !== undefined) {
    const found = loss(answer.point.map((x) => x ?? NaN));
    regrets.push(Math.min(regrets.at(-1) ?? Infinity, found - minimum));
    answer = (await peer.ask({ loss: found })) as typeof answer;
  }
  return regrets;
}
