import type { SweepOverview } from '../../analysis/trial/sweep-overview.ts';
import { VERDICT_KINDS } from '../../analysis/trial/verdict.ts';
import { quantityOf } from '../../metrics/index.ts';
import { count, tally } from '../../text/format-number.ts';
import { plain } from '../../text/printable.ts';
import { TRIAL_STATES } from '../../trial/state.ts';
import { shortId } from '../format.ts';
import { renderFitted } from '../layout/fitted-table.ts';
import { columnsOf, type GridColumn } from '../layout/grid.ts';
import { marksTexts } from './marks-text.ts';
import { sparkline } from '../layout/sparkline.ts';
import { dimNote, nextLine, styled, wrap, type Layout } from '../layout/text.ts';
import { verdictInShort, verdictName, verdictStyle } from './verdict-text.ts';

export interface OverviewOptions {
  /** Digits of a trial's id that are enough; see `ReadModel.idLength`. */
  readonly idLength: number;
  /** Only so many trials; by default all. */
  readonly shown?: number | undefined;
  readonly next?: readonly string[];
}

const CURVE_CELLS = 10;

/** A line a trial, best first: where it is, what it came to, how it got there, and what to think of it. */
export function renderOverview(overview: SweepOverview, options: OverviewOptions, layout: Layout): string {
  const { trials, metric, differing, status } = overview;
  const { idLength, shown = trials.length, next = [] } = options;
  const lines = trials.slice(0, shown);
  const column = columnsOf(lines);
  const { decimals } = quantityOf(metric);
  const curveName = lines.some(({ curve }) => curve.length > 1) ? 'learning' : undefined;
  const columns: GridColumn[] = [
    column('trial', 0, ({ trial }) => shortId(trial.id, idLength)),
    ...differing.map((name) =>
      column(name, 0, ({ trial: { params } }) =>
        Object.hasOwn(params, name) ? { kind: 'parameter', value: params[name] } : null,
      ),
    ),
    column('seed', 2, ({ trial }) => trial.seed),
    column(metric, 0, ({ value }) => (value === null ? null : { kind: 'number', value, decimals })),
    ...(curveName === undefined
      ? []
      : [
          column(
            curveName,
            0,
            ({ curve }) =>
              sparkline(
                curve.map(({ value }) => value),
                CURVE_CELLS,
              ).text,
          ),
        ]),
    column('latents', 3, ({ verdict: { latents } }) =>
      latents === null ? null : { kind: 'part', part: latents.used, whole: latents.of },
    ),
    ...(lines.some(({ trial }) => trial.tags.length > 0)
      ? [column('tags', 2, ({ trial }) => plain(trial.tags.join(', ')))]
      : []),
    {
      ...column('verdict', 0, ({ verdict }) => verdictInShort(verdict, status.noun)),
      style: (row) => verdictStyle(lines[row]!.verdict.kind),
    },
  ];
  const { text, notes } = renderFitted(columns, layout, '--json');
  const sections = [
    styled(layout, 'bold', wrap(`${plain(status.sweep)} · ${verdictCounts(overview)}`, layout.columns, '  ', '')),
    ...marksTexts(status).map((text) => dimNote(layout, text)),
    '',
    lines.length > 0 && text,
    lines.length < trials.length &&
      dimNote(layout, `and ${count(trials.length - lines.length, 'more trial')} (--all: with them)`),
    curveName !== undefined &&
      dimNote(layout, 'learning: val/elbo by epoch, each from its own lowest to its own highest'),
    ...notes.map((note) => dimNote(layout, note)),
    next.length > 0 && nextLine(next, layout.columns, ' '),
  ];
  return `${sections.filter((section) => section !== false).join('\n')}\n`;
}

/** `20 trials: 15 undertrained, 3 healthy, 2 diverged`. */
function verdictCounts({ verdicts, trials, status }: SweepOverview): string {
  const told = VERDICT_KINDS.filter((kind) => kind !== 'unfinished');
  const parts = tally(Object.fromEntries(told.map((kind) => [verdictName(kind, status.noun), verdicts[kind] ?? 0])));
  // What a search left at a rung is no more to be waited for.
  const open = trials.flatMap(({ verdict }) => (verdict.kind === 'unfinished' ? [verdict.state] : []));
  const states = tally(
    Object.fromEntries(TRIAL_STATES.map((state) => [state, open.filter((one) => one === state).length])),
  );
  const all = [...parts, ...states].join(', ');
  return `${count(trials.length, 'trial')}${all === '' ? '' : `: ${all}`}`;
}
