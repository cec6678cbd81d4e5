/** What a case of the benchmark offers. Each file in cases/ exports one as `benchCase`. */
import type { PeerSetups } from './peer-probe.ts';

/** What holds for all of a run. */
export interface Surroundings {
  /** Prove that the case runs: few repetitions, small sizes, no figure to be quoted. */
  readonly quick: boolean;
  /** Where the user keeps data sets (`--data`, else SWEEP_DATA). */
  readonly dataDir: string | undefined;
  /** An empty folder on the disk of the checkout: many machines keep /tmp in memory, where a commit costs nothing. */
  readonly temporaryFolder: () => Promise<string>;
}

export interface Bench extends Surroundings {
  /** How PyTorch runs best here; undefined where no case of this run needs it, or it is not there. */
  readonly peers: PeerSetups | undefined;
}

export interface BenchCase {
  readonly name: string;
  /** What is measured, and how. */
  readonly measures: string;
  /** What ours is held against; null where nothing compares. */
  readonly peer: string | null;
  /** Whether PyTorch is among what ours is held against. */
  readonly usesPyTorch?: true;
  run(bench: Bench): Promise<Measurement[]>;
}

/** One row of the table. */
export interface Measurement {
  readonly what: string;
  readonly unit: string;
  readonly ours: readonly number[];
  /**
   * What ours is held against: another program, a floor, an earlier state. Sample i was taken right before or after
   * sample i of ours. Empty without a peer.
   */
  readonly peer: readonly number[];
  /** Null for a row that only informs. */
  readonly target: Target | null;
  /** What the reader must know to understand the figures: sizes, what stands in for missing data, checks. */
  readonly notes: readonly string[];
}

/** What is judged: the median over all pairs of `figure`. */
export interface Target {
  readonly figure: Figure;
  /** `within`: of 0, on either side. */
  readonly sense: 'at least' | 'at most' | 'within';
  readonly minimum: number;
  readonly aim: number;
}

/** `peer/ours` of times and `ours/peer` of rates say how many times better ours is. */
export type Figure = 'ours' | 'peer/ours' | 'ours/peer' | 'ours-peer';
