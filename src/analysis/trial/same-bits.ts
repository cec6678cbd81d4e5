import type { MetricRow } from '../../store/read-model.ts';

/** Two trainings of one trial beside each other, metric by metric of each epoch. */
export interface SameBits {
  /** Metrics that both have, of all epochs. */
  readonly compared: number;
  readonly epochs: number;
  /** Where they first differ, in order of epochs; null where they are the same. */
  readonly first: {
    readonly epoch: number;
    readonly name: string;
    readonly before: number | null;
    readonly now: number | null;
  } | null;
  /** How many of them differ, and by how much at most, relative to the larger. */
  readonly differing: number;
  readonly largest: number;
}

/** Test metrics are left out: only a selected configuration has them. */
export function compareMetrics(before: Iterable<MetricRow>, now: Iterable<MetricRow>): SameBits {
  const [left, right] = [byPlace(before), byPlace(now)];
  const places = [...new Set([...left.keys(), ...right.keys()])];
  const rows = places.map((place) => {
    const [a, b] = [left.get(place), right.get(place)];
    const { epoch, name } = (a ?? b)!;
    return { epoch, name, before: a?.value ?? null, now: b?.value ?? null };
  });
  const different = rows.filter((row) => !Object.is(row.before, row.now)).toSorted((a, b) => a.epoch - b.epoch);
  const relative = ({ before: a, now: b }: (typeof rows)[number]): number =>
    a === null || b === null ? 1 : Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
  return {
    compared: rows.filter(({ before: a, now: b }) => a !== null && b !== null).length,
    epochs: new Set(rows.map(({ epoch }) => epoch)).size,
    first: different[0] ?? null,
    differing: different.length,
    largest: Math.max(0, ...different.map(relative)),
  };
}

function byPlace(rows: Iterable<MetricRow>): Map<string, MetricRow> {
  const trained = [...rows].filter(({ name }) => !name.startsWith('test/'));
  return new Map(trained.map((row) => [`${row.epoch} ${row.name}`, row]));
}
