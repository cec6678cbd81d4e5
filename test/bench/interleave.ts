export interface Pairs {
  readonly ours: number[];
  readonly peer: number[];
}

/** Takes samples of both sides in turn; who goes first alternates, so that a drift of the machine favours neither. */
export async function interleave(
  pairs: number,
  ours: (pair: number) => number | Promise<number>,
  peer: (pair: number) => number | Promise<number>,
): Promise<Pairs> {
  const samples: Pairs = { ours: [], peer: [] };
  for (let pair = 0; pair < pairs; pair++) {
    const takeOurs = async (): Promise<void> => void samples.ours.push(await ours(pair));
    const takePeer = async (): Promise<void> => void samples.peer.push(await peer(pair));
    for (const take of pair % 2 === 0 ? [takeOurs, takePeer] : [takePeer, takeOurs]) await take();
  }
  return samples;
}
