/** The live view's picture of a run. Pure: state in, lines out. */
import stringWidth from 'string-width';
import { describeParams } from '../../analysis/parameters.ts';
import { countPaused, doneCount } from '../../analysis/progress/count-states.ts';
import {
  bestSoFar,
  bestsSoFar,
  epochsOf,
  eta,
  progressFraction,
  type ProgressState,
  type RunningTrial,
} from '../../analysis/progress/progress.ts';
import type { Cell, Column } from '../../analysis/table.ts';
import { quantityOf } from '../../metrics/index.ts';
import { count, formatCount, formatNumber } from '../../text/format-number.ts';
import { formatValue } from '../../text/format-value.ts';
import { plain } from '../../text/printable.ts';
import { sampleNoun } from '../../text/sample-noun.ts';
import { formatBytes, formatClock, formatEta, shortId } from '../format.ts';
import { columnsOf, fitColumns, gridWidth, renderGrid, type TextColumn } from '../layout/grid.ts';
import { describeWaiting, PREPARATIONS } from './run-texts.ts';
import { describeShortfall } from '../trial/shortfall-text.ts';
import { shortTexts } from '../layout/short-cells.ts';
import { sparkline } from '../layout/sparkline.ts';
import { clip, styled, type Layout, type Style } from '../layout/text.ts';

/** The terminal that a frame is for. */
export interface Window extends Layout {
  readonly rows: number;
}

export interface FrameTexts {
  /** The latest of what was announced, the last at the end. */
  readonly notes?: readonly string[];
  /** What keys do; by default that Ctrl-C saves and stops. */
  readonly hint?: string;
}

/** So many of the latest notes are kept in sight. */
const NOTES = 3;
/** A curve of fewer marks tells nothing. */
const MIN_CURVE_COLUMNS = 4;
const GAP = 2;
/** Of fewer configurations a best tells no course. */
const MIN_CURVE = 3;

/**
 * Lines for a terminal: none is wider, and there are fewer than it has rows. Where rows are few, the hint goes first, then
 * notes, failures and the best with its course, then running trials.
 */
export function renderFrame(state: ProgressState, window: Window, { notes = [], hint }: FrameTexts = {}): string[] {
  const latest = notes.slice(-NOTES).map((note) => noteLine(note, window));
  const keys = cut(
    window,
    ` ${hint ?? (state.isStopping ? 'Ctrl-C again stops now' : 'Ctrl-C saves and stops')}`,
    'dim',
  );
  if (state.trials.size === 0) return [preparing(state, window), ...latest].slice(0, Math.max(1, window.rows - 1));
  const head = [heading(state, window), bar(state, window)];
  const foot = [
    ...waitLine(state, window),
    ...bestLine(state, window),
    ...failureLines(state, window),
    ...latest,
    keys,
  ];
  const room = Math.max(0, window.rows - 1 - head.length);
  const tableRows = state.running.size === 0 ? 0 : Math.min(state.running.size + 2, 4);
  const keptFoot = foot.slice(0, Math.max(0, room - tableRows));
  const table =
    state.running.size === 0 ? startLine(state, window) : runningTable(state, window, room - keptFoot.length);
  return [...head, ...table, ...keptFoot].slice(0, Math.max(1, window.rows - 1));
}

function preparing(state: ProgressState, { columns }: Window): string {
  const { download, preparing: step, nowMs } = state;
  if (download !== null) {
    const { file, receivedBytes, totalBytes } = download;
    const total = totalBytes === null ? '' : ` of ${formatBytes(totalBytes)}`;
    return clip(`Downloading ${file}: ${formatBytes(receivedBytes)}${total}`, columns);
  }
  if (step === null) return clip('Preparing …', columns);
  return clip(`Preparing: ${PREPARATIONS[step.step]} … ${seconds(nowMs - step.sinceMs)}`, columns);
}

/** Why nothing trains yet. */
function startLine({ preparing: step, nowMs }: ProgressState, window: Window): string[] {
  if (step === null) return [];
  return ['', cut(window, ` ${PREPARATIONS[step.step]} … ${seconds(nowMs - step.sinceMs)}`)];
}

function seconds(milliseconds: number): string {
  return `${Math.max(0, Math.floor(milliseconds / 1000))} s`;
}

function heading(state: ProgressState, window: Window): string {
  const { counts, testing, name } = state;
  const unsuccessful = counts.failed + counts.diverged;
  const facts = [
    `${formatCount(doneCount(counts))}/${formatCount(counts.total)} done`,
    `${counts.running} running`,
    ...(unsuccessful > 0 ? [`${unsuccessful} failed`] : []),
    ...(counts.pruned > 0 ? [`${formatCount(counts.pruned)} pruned`] : []),
    ...(counts.queued > 0 ? [`${formatCount(counts.queued)} left${describePaused(state)}`] : []),
    ...(state.budgetLeft === '' ? [] : [`budget ${state.budgetLeft}`]),
    ...(testing === null ? [] : [`testing ${testing.done}/${testing.total}`]),
  ];
  const line = spread(`${name}  ${facts.join(' · ')}`, outlook(state), window.columns);
  return line.startsWith(name) ? styled(window, 'bold', name) + line.slice(name.length) : line;
}

/** ` (12 paused)`; none of those that run. */
function describePaused({ trials, running }: ProgressState): string {
  const waiting = [...trials.values()].filter(({ id }) => !running.has(id));
  const paused = countPaused(waiting);
  return paused === 0 ? '' : ` (${formatCount(paused)} paused)`;
}

function outlook(state: ProgressState): string {
  if (state.isStopping) return 'stopping';
  if (state.slots === 0) return 'starting';
  const left = eta(state);
  return state.testing !== null || left === null ? '' : `ETA ${formatEta(left)}`;
}

function bar(state: ProgressState, window: Window): string {
  const fraction = progressFraction(state);
  const label = ` ${String(Math.floor(fraction * 100)).padStart(3)} %  ${formatClock(state.nowMs - state.startedAtMs)}`;
  const width = Math.max(0, window.columns - label.length);
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
    column('epoch', 0, (one) => phaseOf(one, state.nowMs) ?? epochCell(one), 'right'),
    column(name, 0, ({ curve }) => {
      const value = curve.at(-1);
      return value === undefined ? null : { kind: 'number', value, decimals };
    }),
    // Who only watches doesn't know.
    ...(shown.some(({ imagesPerSecond: speed, phase }) => speed !== null || phase !== 'training')
      ? [
          column(
            `${sampleNoun(shown[0]?.trial.config.dataset.own)}s/s`,
            3,
            ({ imagesPerSecond: speed }) => speed && formatCount(Math.round(speed)),
            'right',
          ),
        ]
      : []),
  ];
  const asTexts = (one: Column): TextColumn => ({ column: one, header: one.header, ...shortTexts(one) });
  const fitting = fitColumns(columns.map(asTexts), window).shown;
  // What is left of the width is the curve's, where that is enough.
  const spare = window.columns - gridWidth(fitting) - GAP;
  const curves = column('', 0, ({ curve }) => sparkline(curve, spare).text, 'left');
  const hasCurve = spare >= MIN_CURVE_COLUMNS && shown.some(({ curve }) => curve.length > 0);
  const withCurve = hasCurve ? [...fitting, asTexts(curves)] : fitting;
  const text = renderGrid(withCurve, { ...window, colour: false });
  const [head = '', ...rows] = text.split('\n').map((line) => clip(line, window.columns));
  const hidden = all.length - shown.length;
  const more = hidden > 0 && room > shown.length + 2 ? [cut(window, ` and ${hidden} more`, 'dim')] : [];
  return ['', styled(window, 'dim', head), ...rows, ...more];
}

function epochCell({ trial }: RunningTrial): Cell {
  return { kind: 'part', part: trial.epochs, whole: epochsOf(trial) };
}

/** What takes the time before a trial trains. */
function phaseOf({ phase, phaseAtMs }: RunningTrial, nowMs: number): string | undefined {
  return phase === 'training' ? undefined : `${phase} ${seconds(nowMs - phaseAtMs)}`;
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
  return ['', line.replace(score, styled(window, 'bold', score)), ...curveLine(state, window)];
}

/** ` so far ▁▄▆▇█  -60.12 to -45.33 over 24 configurations, the last 5 no better`. */
function curveLine(state: ProgressState, window: Window): string[] {
  const bests = bestsSoFar(state);
  if (bests === undefined || bests.curve.length < MIN_CURVE) return [];
  const { curve, since } = bests;
  const [first, last] = [curve[0]!, curve.at(-1)!].map((value) => formatMetric(state, value));
  const vain = since === 0 ? '' : `, the last ${since === 1 ? 'one' : formatCount(since)} no better`;
  const text = `${first!} to ${last!} over ${count(curve.length, 'configuration')}${vain}`;
  const head = ' so far  ';
  const room = window.columns - head.length - 2 - text.length;
  const marks = room < MIN_CURVE_COLUMNS ? '' : `${sparkline(curve, room).text}  `;
  return [cut(window, head + marks + text)];
}

function failureLines(state: ProgressState, window: Window): string[] {
  return state.failures.map(({ trial, state: end, cause, shortfall }) => {
    const where = describeParams({ ...trial.params, seed: trial.seed }, [...state.swept, 'seed']);
    if (shortfall !== null) {
      const noun = sampleNoun(trial.config.dataset.own);
      const text = ` ! ${shortId(trial.id)} worse than a constant ${noun}: ${where} (${describeShortfall(shortfall, noun)})`;
      return cut(window, text, 'yellow');
    }
    // A trial diverges because of where it is; why it failed is in the cause.
    const facts = end === 'diverged' ? `${where} (${plain(cause ?? '')})` : `${plain(cause ?? '')} (${where})`;
    return cut(window, ` ✗ ${shortId(trial.id)} ${end}: ${facts}`, 'red');
  });
}

/** The first line of a note; those that begin with a sign have its colour there. */
function noteLine(note: string, window: Window): string {
  const [first = ''] = note.split('\n', 1);
  const line = cut(window, ` ${first}`);
  const style = first.startsWith('!') ? 'yellow' : first.startsWith('✗') ? 'red' : undefined;
  return style === undefined ? line : line.replace(/[!✗]/, (sign) => styled(window, style, sign));
}

function cut(window: Window, text: string, style?: Style): string {
  return styled(window, style, clip(text, window.columns));
}

/** Plain texts at the two ends of a line; the left one is cut where there is no room for both. */
function spread(left: string, right: string, columns: number): string {
  if (right === '') return clip(left, columns);
  const kept = clip(left, columns - stringWidth(right) - 2);
  const gap = Math.max(2, columns - stringWidth(kept) - stringWidth(right));
  return clip(kept + ' '.repeat(gap) + right, columns);
}
