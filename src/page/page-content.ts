import type { Effects } from '../analysis/effects/effects.ts';
import type { PageModel } from '../analysis/page/page-model.ts';
import type { ReportModel } from '../analysis/report/report-model.ts';
import type { LatentsData, NoLatents } from '../decoder/latents-data.ts';

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
  /** Of a trial of the best configuration; null where none is best, and of data without pictures. */
  readonly latents: LatentsData | NoLatents | null;
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
  /** What commands end with. */
  readonly flags: string;
  /** Commands that lead on, each for one line. */
  readonly commands: readonly string[];
}

/** Of a page that is served: where it hears what happened since it was drawn. */
export interface LivePage {
  readonly sweep: string;
  /** All sweeps of the results, the one started last first. */
  readonly sweeps: readonly string[];
  /** As EventSource takes it: `/events?…`. */
  readonly events: string;
}

/** What the client reads: the model, and the table's cells as they are written. */
export interface PageData {
  readonly model: PageModel;
  readonly table: readonly PageColumn[];
  /** What commands end with. */
  readonly flags: string;
}

export interface PageColumn {
  readonly header: string;
  readonly align: 'left' | 'right';
  readonly cells: readonly string[];
}
