/** Values of several objectives, each to be made small. */
export type LossVector = readonly number[];

/** As small in all, and smaller in one. */
function dominates(a: LossVector, b: LossVector): boolean {
  return a.every((x, i) => x <= b[i]!) && a.some((x, i) => x < b[i]!);
}

/** Those that no other dominates, in their order: the Pareto set. Equal ones are all kept. */
export function nonDominated<Item>(items: readonly Item[], lossesOf: (item: Item) => LossVector): Item[] {
  // What dominates another comes before it in this order.
  const sorted = items.map((item) => ({ item, losses: lossesOf(item) })).sort((a, b) => compare(a.losses, b.losses));
  const front: LossVector[] = [];
  const kept = new Set<Item>();
  for (const { item, losses } of sorted) {
    if (front.some((one) => dominates(one, losses))) continue;
    front.push(losses);
    kept.add(item);
  }
  return items.filter((item) => kept.has(item));
}

function compare(a: LossVector, b: LossVector): number {
  const at = a.findIndex((x, i) => x !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}
