import type { SweepRecord } from '../store/read-model.ts';
import { readSpec } from '../sweep-file/parse.ts';
import type { SweepSpec } from '../sweep-file/spec.ts';

/** The spec that a sweep was last run with; undefined where it is of another version and none any more. */
export function recordedSpec({ specText, overrides }: SweepRecord): SweepSpec | undefined {
  try {
    return readSpec(specText, { file: 'spec', overrides }).spec;
  } catch {
    return undefined;
  }
}
