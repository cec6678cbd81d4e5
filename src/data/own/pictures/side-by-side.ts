/** What `read` makes of each, so many at a time, in their order; of several failures, that of the first. */
export async function* sideBySide<Item, Result>(
  items: readonly Item[],
  read: (item: Item) => Promise<Result>,
  atOnce: number,
): AsyncGenerator<Result> {
  for (let from = 0; from < items.length; from += atOnce) {
    for (const result of await Promise.allSettled(items.slice(from, from + atOnce).map(read))) {
      if (result.status === 'rejected') throw result.reason;
      yield result.value;
    }
  }
}
