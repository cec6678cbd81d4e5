/** What a trained model makes of each image: a table of the worst, a CSV of all, JSON of what holds for all. */
import type { SampleNoun } from '../../text/sample-noun.ts';
import { formatCount, formatNumber } from '../../text/format-number.ts';
import { plain } from '../../text/printable.ts';
import { toCsv } from '../csv.ts';
import { renderFitted } from '../layout/fitted-table.ts';
import { columnsOf } from '../layout/grid.ts';
import { toJsonLine } from '../json-line.ts';
import { nextLine, wrap, type Layout } from '../layout/text.ts';

export interface ScoredSample {
  readonly index: number;
  readonly path: string | null;
  readonly label: string | null;
  /** Nats; −Infinity where the model has no number for it. */
  readonly elbo: number;
  readonly reconstruction: number;
  readonly kl: number;
}

export interface ScoreSummary {
  readonly trial: string;
  readonly sweep: string;
  /** `576 test images of sprites-mini`. */
  readonly what: string;
  readonly samples: number;
  readonly noun: SampleNoun;
  /** Means over all. */
  readonly elbo: number;
  readonly reconstruction: number;
  readonly kl: number;
  readonly anomalies: {
    readonly normal: readonly string[];
    readonly others: number;
    readonly unlabelled: number;
    readonly auroc: number;
  } | null;
  readonly files: readonly string[];
  /** Worst first. */
  readonly worst: readonly ScoredSample[];
}

const DECIMALS = 2;

export function renderScores(summary: ScoreSummary, id: string, next: readonly string[], layout: Layout): string {
  const { what, sweep, elbo, reconstruction, kl, anomalies, files, worst, samples, noun } = summary;
  const figure = (value: number): string => formatNumber(value, DECIMALS);
  const head =
    `${plain(what)} by trial ${id} of ${plain(sweep)}: ELBO ${figure(elbo)} nats per ${noun}, of which ` +
    `reconstruction ${figure(reconstruction)} and KL ${figure(kl)}`;
  const column = columnsOf(worst);
  const has = (member: 'path' | 'label'): boolean => worst.some((row) => row[member] !== null);
  const table = renderFitted(
    [
      column(noun, 0, ({ index }) => String(index), 'right'),
      ...(has('path') ? [column('path', 0, ({ path }) => plain(path ?? ''))] : []),
      ...(has('label') ? [column('label', 0, ({ label }) => plain(label ?? ''))] : []),
      column('ELBO', 0, (row) => figure(row.elbo), 'right'),
      column('reconstruction', 0, (row) => figure(row.reconstruction), 'right'),
      column('KL', 0, (row) => figure(row.kl), 'right'),
    ],
    layout,
    '-o FILE.csv',
  );
  const notes = [
    samples > worst.length && `The worst ${worst.length} of ${formatCount(samples)}; -o FILE.csv has all.`,
    anomalies &&
      `AUROC ${anomalies.auroc.toFixed(4)}: how often one of the ${formatCount(anomalies.others)} others has a lower ELBO than one of the ` +
        `${formatCount(samples - anomalies.others - anomalies.unlabelled)} that are normal (${anomalies.normal.map(plain).join(', ')}).` +
        (anomalies.unlabelled > 0 ? ` ${formatCount(anomalies.unlabelled)} without a label aren't counted.` : ''),
    files.length > 0 && `Written: ${files.map(plain).join(', ')}`,
    ...table.notes,
  ].filter((note) => typeof note === 'string');
  return [
    wrap(head, layout.columns),
    '',
    table.text,
    ...notes.map((text) => wrap(text, layout.columns, '   ', ' ')),
    ...(next.length === 0 ? [] : [nextLine(next, layout.columns)]),
    '',
  ].join('\n');
}

/** `vae-sweep.score/1`. What isn't finite is null. */
export function scoresJson({ worst, anomalies, ...summary }: ScoreSummary): string {
  const { trial, sweep, what, samples, elbo, reconstruction, kl, files } = summary;
  return toJsonLine({
    schema: 'vae-sweep.score/1',
    ...{ trial, sweep, of: what, samples, elbo, reconstruction, kl },
    anomalies,
    files,
    worst,
  });
}

const CHUNK_ROWS = 1000;

/** One line a sample, in their order; without columns that none has a value in. */
export function* scoresCsv(
  count: number,
  rowOf: (place: number) => ScoredSample,
  has: { readonly path: boolean; readonly label: boolean },
): Generator<string> {
  const columns = [
    'index',
    ...(has.path ? (['path'] as const) : []),
    ...(has.label ? (['label'] as const) : []),
    ...(['elbo', 'reconstruction', 'kl'] as const),
  ] as const;
  yield toCsv([columns]);
  for (let at = 0; at < count; at += CHUNK_ROWS) {
    const rows = Array.from({ length: Math.min(CHUNK_ROWS, count - at) }, (_, i) => rowOf(at + i));
    yield toCsv(rows.map((row) => columns.map((column) => row[column])));
  }
}
