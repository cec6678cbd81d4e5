/** The live view's picture of a run. Pure: state in, lines out. */
import stringWidth from 'string-width';
import { formatBytes, formatClock, formatRoughly, shortId, describeParams } from '../render/format.ts';
import { formatCount, formatNumber } from '../text/format-number.ts';
import { formatValue } from '../text/format-value.ts';
import { columnsOf, fitColumns, renderGrid } from '../render/grid.ts';
import { shortTexts } from '../render/short-cells.ts';
import { describeShortfall } from '../render/shortfall-text.ts';
import { describeWaiting } from './run-view.ts';
import { quantityOf } from '../metrics/index.ts';
import { doneCount } from '../analysis/count-states.ts';
import { clip, styled, type Layout, type Style } from '../render/text.ts';
import { plain } from '../text/printable.ts';
import { bestSoFar, epochsOf, etaSeconds, progressFraction, type ProgressState } from '../analysis/progress.ts';

/** The terminal that a frame is for. */
export interface Window extends Layout {
  readonly rows: number;
}

const MAX_BAR_COLUMNS = 60;

/**
 * Lines for a terminal: none is wider, and there are fewer than it has rows, because what scrolls out of the window can't
 * be erased again. Where rows are few, the hint goes first, then failures and the best, then running trials.
 */
export function renderFrame(state: ProgressState, window: Window): string[] {
  if (state.trials.size === 0) return [preparing(state, window)];
  const head = [heading(state, window), bar(state, window)];
  const foot = [
    ...waitLine(state, window),
    ...bestLine(state, window),
    ...failureLines(state, window),
    hint(state, window),
  ];
  const room = Math.max(0, window.rows - 1 - head.length);
  const tableRows = state.running.size === 0 ? 0 : Math.min(state.running.size + 2, 4);
  const keptFoot = foot.slice(0, Math.max(0, room - tableRows));
  const table = runningTable(state, window, room - keptFoot.length);
  return [...head, ...table, ...keptFoot].slice(0, Math.max(1, window.rows - 1));
}

function preparing({ download }: ProgressState, { columns }: Window): string {
  if (download === null) return clip('Preparing …', columns);
  const { file, receivedBytes, totalBytes } = download;
  const total = totalBytes === null ? '' : ` of ${formatBytes(totalBytes)}`;
  return clip(`Downloading ${file}: ${formatBytes(receivedBytes)}${total}`, columns);
}

function heading(state: ProgressState, window: Window): string {
  const { counts, testing, name } = state;
  const unsuccessful = counts.failed + counts.diverged;
  const facts = [
    `${formatCount(doneCount(counts))}/${formatCount(counts.total)} done`,
    `${counts.running} running`,
    ...(unsuccessful > 0 ? [`${unsuccessful} failed`] : []),
    ...(counts.queued > 0 ? [`${formatCount(counts.queued)} left`] : []),
    ...(testing === null ? [] : [`testing ${testing.done}/${testing.total}`]),
  ];
  const line = spread(`${name}  ${facts.join(' · ')}`, outlook(state), window.columns);
  return line.startsWith(name) ? styled(window, 'bold', name) + line.slice(name.length) : line;
}

function outlook(state: ProgressState): string {
  if (state.isStopping) return 'stopping';
  if (state.slots === 0) return 'starting';
  const eta = etaSeconds(state);
  return state.testing !== null || eta === null ? '' : `ETA ${formatRoughly(eta)}`;
}

function bar(state: ProgressState, window: Window): string {
  const fraction = progressFraction(state);
  const label = ` ${String(Math.floor(fraction * 100)).padStart(3)} %  ${formatClock(state.nowMs - state.startedAtMs)}`;
  const width = Math.max(0, Math.min(MAX_BAR_COLUMNS, window.columns - label.length));
  const filled = Math.floor(fraction * width);
  const done = styled(window, 'green', '█'.repeat(filled));
  return clip(done + styled(window, 'dim', '░'.repeat(width - filled)) + label, window.columns);
}

/** A blank line, the column heads and the running trials, in at most `room` lines; nothing where that's too few. */
function runningTable(state: ProgressState, window: Window, room: number): string[] {
  const all = [...state.running.values()];
  if (all.length === 0 || room < 3) return [];
  const shown = all.length <= room - 2 ? all : all.slice(0, Math.max(1, room - 3));
  const column = columnsOf(shown);
  const { metric: name } = state.objective;
  const { decimals } = quantityOf(name);
  const columns = [
    column('device', 0, ({ device }) => device),
    column('trial', 0, ({ trial }) => shortId(trial.id)),
    ...state.swept.map((name) =>
      column(name, 2, ({ trial: { params } }) => (name in params ? formatValue(params[name]) : null), 'left'),
    ),
    column('seed', 1, ({ trial }) => trial.seed),
    column('epoch', 0, ({ trial }) => ({ kind: 'part', part: trial.epochs, whole: epochsOf(trial) })),
    column(name, 0, ({ metric }) => (metric === null ? null : { kind: 'number', value: metric, decimals })),
    column('images/s', 3, ({ imagesPerSecond: speed }) => speed && formatCount(Math.round(speed)), 'right'),
  ];
  const texts = columns.map((one) => ({ column: one, header: one.header, ...shortTexts(one) }));
  const text = renderGrid(fitColumns(texts, window).shown, { ...window, colour: false });
  const [head = '', ...rows] = text.split('\n').map((line) => clip(line, window.columns));
  const hidden = all.length - shown.length;
  const more = hidden > 0 && room > shown.length + 2 ? [cut(window, ` and ${hidden} more`, 'dim')] : [];
  return ['', styled(window, 'dim', head), ...rows, ...more];
}

function formatMetric({ objective }: ProgressState, value: number): string {
  return formatNumber(value, quantityOf(objective.metric).decimals);
}

function waitLine({ wait }: ProgressState, window: Window): string[] {
  return wait === null ? [] : [cut(window, ` ${describeWaiting(wait)}`)];
}

function bestLine(state: ProgressState, window: Window): string[] {
  const best = bestSoFar(state);
  if (best === undefined) return [];
  const seeds = best.seeds > 1 ? ` (mean of ${best.seeds} seeds)` : '';
  const score = `${state.objective.metric} ${formatMetric(state, best.mean)}`;
  const line = cut(window, ` best  ${score}${seeds}  ${describeParams(best.trial.params, state.swept)}`.trimEnd());
  return ['', line.replace(score, styled(window, 'bold', score))];
}

function failureLines(state: ProgressState, window: Window): string[] {
  return state.failures.map(({ trial, state: end, cause, shortfall }) => {
    const where = describeParams({ ...trial.params, seed: trial.seed }, [...state.swept, 'seed']);
    if (shortfall !== null) {
      const text = ` ! ${shortId(trial.id)} worse than a constant image: ${where} (${describeShortfall(shortfall)})`;
      return cut(window, text, 'yellow');
    }
    // A trial diverges because of where it is; why it failed is in the cause.
    const facts = end === 'diverged' ? `${where} (${plain(cause ?? '')})` : `${plain(cause ?? '')} (${where})`;
    return cut(window, ` ✗ ${shortId(trial.id)} ${end}: ${facts}`, 'red');
  });
}

function hint({ isStopping }: ProgressState, window: Window): string {
  return cut(window, isStopping ? ' Ctrl-C again stops now' : ' Ctrl-C saves and stops', 'dim');
}

function cut(window: Window, text: string, style?: Style): string {
  return styled(window, style, clip(text, window.columns));
}

/** Plain texts at the two ends of a line; the left one is cut where there is no room for both. */
export function spread(left: string, right: string, columns: number): string {
  if (right === '') return clip(left, columns);
  const kept = clip(left, columns - stringWidth(right) - 2);
  const gap = Math.max(2, columns - stringWidth(kept) - stringWidth(right));
  return clip(kept + ' '.repeat(gap) + right, columns);
}
