/** An attempt starts with less than there was, as one line for the user. */
export interface Restart {
  readonly from: number;
  /** Recorded epochs that are trained again. */
  readonly repeated: number;
  /** Why the checkpoint that is there isn't used. */
  readonly rejectedCheckpoint: string | undefined;
}

export function describeRestart({ from, repeated, rejectedCheckpoint }: Restart): string {
  const again = repeated === 0 ? '' : `, ${repeated} recorded epoch${repeated === 1 ? '' : 's'} once more`;
  const missing = from === 1 ? 'its checkpoint is missing' : `its checkpoint goes no further than epoch ${from - 1}`;
  return `trains from epoch ${from}${again}: ${rejectedCheckpoint ?? missing}`;
}
