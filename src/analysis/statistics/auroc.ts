/**
 * The area under the ROC curve: how likely a positive one has the higher score than a negative one, ties counted half. By
 * ranks, as the Mann–Whitney statistic (Hanley & McNeil 1982). NaN without one of each.
 */
export function auroc(scores: ArrayLike<number>, isPositive: (index: number) => boolean): number {
  const order = Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  let [positives, rankSum] = [0, 0];
  for (let at = 0; at < order.length;) {
    let end = at;
    while (end < order.length && scores[order[end]!] === scores[order[at]!]) end++;
    // 1-based ranks at + 1 … end, of which equals share the mean.
    const rank = (at + 1 + end) / 2;
    for (; at < end; at++) {
      if (!isPositive(order[at]!)) continue;
      positives++;
      rankSum += rank;
    }
  }
  const negatives = scores.length - positives;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
