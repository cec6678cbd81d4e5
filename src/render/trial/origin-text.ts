/** How a trial came about: the run that trained it, what proposed it, and what it counts for. */
import { formatDuration } from '../format.ts';
import { count, formatNumber } from '../../text/format-number.ts';
import type { Proposed, TrialDetail } from '../../analysis/trial/show.ts';
import { plain } from '../../text/printable.ts';
import type { RunRecord } from '../../store/read-model.ts';

/** What a trial counts for in a sweep that confirms its best. */
export function phaseText({ phase }: TrialDetail['trial']): string[] {
  if (phase === 'confirm')
    return ['one of the further seeds that confirm its configuration: it had no part in the choice, and ranks it'];
  if (phase === 'screen')
    return ['of the screening, by which the best are chosen; a configuration that is confirmed is not ranked by it'];
  return [];
}

/** `33 s (CPU 32 s)`; the wall time alone where the other isn't known. */
export function timeText({
  seconds,
  cpuSeconds,
}: {
  readonly seconds: number;
  readonly cpuSeconds: number | null;
}): string {
  const cpu = cpuSeconds === null ? '' : ` (CPU ${formatDuration(cpuSeconds)})`;
  return formatDuration(seconds) + cpu;
}

/** `vae-sweep 0.1.0, Node 24.21.0, ONNX Runtime 1.30.0 on host (linux-x64, 2 × Xeon), commit 8a5db18f0c11 with changes 3fe2…; the run took 4 min (CPU 7 min)`. */
export function runText({
  versions,
  host,
  platform,
  processor,
  cores,
  git,
  startedAt,
  endedAt,
  cpuSeconds,
}: RunRecord): string {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const commit =
    git === null
      ? 'no commit'
      : `commit ${git.commit.slice(0, 12)}${git.changes === null ? '' : ` with changes (${git.changes})`}`;
  const seconds = endedAt === null ? null : (endedAt.getTime() - startedAt.getTime()) / 1000;
  const took = seconds === null ? '' : `; the run took ${timeText({ seconds, cpuSeconds })}`;
  return plain(`${programs.join(', ')}; ${host}, ${platform}, ${cores} × ${processor}; ${commit}${took}`);
}

/**
 * `configuration 24 of the search, proposed by bayes from 16 results, the best val/elbo -45.67, and 48 configurations of beta,
 * while 7 others were open`.
 */
export function proposalText({ position, sampler, seen, best, lessons, lessonsOf, isTraded }: Proposed): string {
  const place = `configuration ${position + 1} of the search`;
  if (sampler === 'try') return `${place}, named by \`try\``;
  if (sampler === 'even') return `${place}, spread evenly: too little was known to learn from`;
  const found = best === null ? 'none of a success' : `the best ${best.metric} ${formatNumber(best.value, 2)}`;
  const open = position - seen;
  const others = open === 0 ? '' : `, while ${open === 1 ? 'another was' : `${open} others were`} open`;
  const before = lessonsOf === null ? '' : ` and ${count(lessons, 'configuration')} of ${plain(lessonsOf)}`;
  const own = seen === 0 ? 'no result of its own' : `${count(seen, 'result')}, ${found}`;
  const comma = before !== '' && seen > 0 ? ',' : '';
  const towards = isTraded ? ' towards several objectives' : '';
  return `${place}, proposed by ${plain(sampler)}${towards} from ${own}${comma}${before}${others}`;
}
