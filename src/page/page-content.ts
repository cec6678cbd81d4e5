import type { Effects } from '../analysis/effects/effects.ts';
import type { PageModel } from '../analysis/page/page-model.ts';
import type { ReportModel } from '../analysis/report-model.ts';

/** PNGs of a trial, as they lie in its folder. */
export interface TrialPictures {
  readonly reconstructions: Uint8Array | null;
  readonly samples: Uint8Array | null;
  readonly manifold: Uint8Array | null;
}

/** What the page is made of: values of analysis, and facts that are nobody's result. */
export interface PageContent {
  readonly model: PageModel;
  readonly report: ReportModel;
  readonly effects: Effects;
  /** Of the first completed trial of a configuration, by its place; only of so many of the best. */
  readonly pictures: ReadonlyMap<number, TrialPictures>;
  readonly provenance: {
    readonly version: string;
    readonly specText: string;
    readonly overrides: readonly string[];
    readonly datasetFingerprint: string;
    readonly bitClass: string | null;
    readonly startedAt: Date;
    readonly endedAt: Date | null;
    readonly writtenAt: Date;
  };
  /** Commands that lead on, each for one line. */
  readonly commands: readonly string[];
}

/** What the client reads: the model, and the table's cells as they are written. */
export interface PageData {
  readonly model: PageModel;
  readonly table: readonly PageColumn[];
}

export interface PageColumn {
  readonly header: string;
  readonly align: 'left' | 'right';
  readonly cells: readonly string[];
}
