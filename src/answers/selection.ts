/** What an answer is asked of: trials in results that are open. */
import type { FilterInput } from '../analysis/filter.ts';
import type { ResultsLayout } from '../files/paths.ts';
import type { ReadModel } from '../store/read-model.ts';

/** Which trials an answer is about. */
export interface Selection {
  /** Only trials of which this holds: `architecture=conv beta=1..4`, or `{ architecture: 'conv', beta: [1, 4] }`. */
  readonly where?: FilterInput | undefined;
  /** With the trials outside the present plan, which earlier ones named. */
  readonly all?: boolean | undefined;
}

/** Results that are open, and the folder they are of. */
export interface OpenResults {
  readonly model: ReadModel;
  readonly layout: ResultsLayout;
}
