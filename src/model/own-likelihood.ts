/** All that is asked of a likelihood where nothing is computed with it, as it is of the trial's data. Readers need no more. */
export interface OwnLikelihood {
  readonly name: string;
  /** Absolute: where the module was. No part of a trial's identity. */
  readonly path: string;
  /** Of the module's text (src/own/load.ts). */
  readonly hash: string;
  readonly description: string;
  /** What its values share a scale with: by itself a changed module is another likelihood. */
  readonly family: string;
  readonly mass?: 'bytes' | 'bits';
  readonly isOfReals?: true;
  readonly isOfCounts?: true;
  /** Of a pixel. */
  readonly outputChannels: number;
  readonly weights?: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly isObserved?: true;
  }[];
}
