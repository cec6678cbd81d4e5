import { existsSync } from 'node:fs';
import { describeLeftOut, eachOnce, lessonsOf, type Lessons, type Pupil } from '../analysis/search/lessons.ts';
import { findSweep } from '../answers/find-results.ts';
import { ResultsLayout } from '../files/paths.ts';
import type { ReadModel } from '../store/read-model.ts';
import { openReadModel } from '../store/sqlite-read-model.ts';
import type { Finding } from '../sweep-file/issue.ts';
import type { Lesson } from '../sweep-file/expansion/learned-search.ts';
import { nearest } from '../sweep-file/suggest.ts';
import { count } from '../text/format-number.ts';

export interface Teaching {
  readonly lessons: readonly Lesson[];
  /** A search that has been run begins from these, whatever there is by now. */
  readonly isRecorded: boolean;
  /** By sweep, what there is to learn from it; empty where that is on record. */
  readonly sources: readonly Lessons[];
}

export const UNTAUGHT: Teaching = { lessons: [], isRecorded: false, sources: [] };

/**
 * What a search starts from by its `learn_from`: what is on record for it (`key`), else what the results folder has now.
 * `refuse` makes an error of findings, for a sweep that is not there and for one that teaches nothing.
 */
export function findLessons(
  pupil: Pupil,
  key: string,
  resultsDir: string,
  refuse: (findings: readonly Finding[]) => Error,
): Teaching {
  const { learnFrom } = pupil.spec.search;
  if (learnFrom.length === 0) return UNTAUGHT;
  const layout = new ResultsLayout(resultsDir);
  const results = existsSync(layout.database) ? openReadModel(layout) : undefined;
  try {
    const recorded = results?.lessons(pupil.spec.name, key) ?? [];
    if (recorded.length > 0) return { lessons: recorded, isRecorded: true, sources: [] };
    const names = results?.sweeps().map(({ name }) => name) ?? [];
    const refused: Finding[] = [];
    const sources = learnFrom.flatMap((source, i): Lessons[] => {
      const found = names.includes(source) ? learn(results!, source, pupil) : undefined;
      if (found !== undefined && found.lessons.length > 0) return [found];
      const finding = found === undefined ? unknownSweep(source, names, resultsDir) : nothingToLearn(found, pupil);
      refused.push({ path: ['learn_from', i], at: 'value', code: 'not_allowed', ...finding });
      return [];
    });
    if (refused.length > 0) throw refuse(refused);
    return { lessons: eachOnce(sources), isRecorded: false, sources };
  } finally {
    results?.[Symbol.dispose]();
  }
}

function learn(results: ReadModel, source: string, pupil: Pupil): Lessons {
  const { metric } = pupil.spec.objective;
  return lessonsOf(findSweep(results, source), pupil, (configuration) => {
    const last = results.verdicts(source, configuration).findLast(({ verdict }) => verdict === 'pruned');
    return last?.metric === metric ? (last.value ?? undefined) : undefined;
  });
}

type Said = Pick<Finding, 'message' | 'hint'>;

function unknownSweep(source: string, names: readonly string[], resultsDir: string): Said {
  const near = nearest(source, names);
  const there = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  return {
    message: `there is no sweep \`${source}\` in ${resultsDir}`,
    hint: near === undefined ? there : `did you mean ${near}?`,
  };
}

function nothingToLearn(found: Lessons, { spec: { train, objective } }: Pupil): Said {
  const { sweep, configurations } = found;
  if (configurations === 0) return { message: `\`${sweep}\` has no trials to learn from`, hint: 'run it first' };
  return {
    message: `nothing can be learnt from \`${sweep}\`: of its ${count(configurations, 'configuration')} ${describeLeftOut(found)}`,
    hint: `a result counts that this sweep could have: in this space, on the same data, with epochs: ${train.epochs}, by ${objective.metric}`,
  };
}
