/** The live view's picture of a run. Pure: state in, lines out. */
import stringWidth from 'string-width';
import { describeParams } from '../../analysis/parameters.ts';
import { countPaused, doneCount } from '../../analysis/progress/count-states.ts';
import { bestSoFar, bestsSoFar, eta, progressFraction } from '../../analysis/progress/progress.ts';
import type { ProgressState } from '../../analysis/progress/progress-state.ts';
import { quantityOf } from '../../metrics/index.ts';
import { count, formatCount, formatNumber } from '../../text/format-number.ts';
import { plain } from '../../text/printable.ts';
import { sampleNoun } from '../../text/sample-noun.ts';
import { formatBytes, formatClock, formatEta, shortId, formatElapsed } from '../format.ts';
import { describeWaiting, PREPARATIONS } from './run-texts.ts';
import { describeShortfall } from '../trial/shortfall-text.ts';
import { sparkline, MIN_CURVE_COLUMNS } from '../layout/sparkline.ts';
import { clip, styled, styledLine, type Layout } from '../layout/text.ts';
import { runningTable } from './running-table.ts';

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
/** Of fewer configurations a best tells no course. */
const MIN_CURVE = 3;

/**
 * Lines for a terminal: none is wider, and there are fewer than it has rows. Where rows are few, the hint goes first, then
 * notes, failures and the best with its course, then running trials.
 */
export function renderFrame(state: ProgressState, window: Window, { notes = [], hint }: FrameTexts = {}): string[] {
  const latest = notes.slice(-NOTES).map((note) => noteLine(note, window));
  const keys = styledLine(
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
  return clip(`Preparing: ${PREPARATIONS[step.step]} … ${formatElapsed(nowMs - step.sinceMs)}`, columns);
}

/** Why nothing trains yet. */
function startLine({ preparing: step, nowMs }: ProgressState, window: Window): string[] {
  if (step === null) return [];
  return ['', styledLine(window, ` ${PREPARATIONS[step.step]} … ${formatElapsed(nowMs - step.sinceMs)}`)];
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

function formatMetric({ objective }: ProgressState, value: number): string {
  return formatNumber(value, quantityOf(objective.metric).decimals);
}

function waitLine({ wait }: ProgressState, window: Window): string[] {
  return wait === null ? [] : [styledLine(window, ` ${describeWaiting(wait)}`)];
}

function bestLine(state: ProgressState, window: Window): string[] {
  const best = bestSoFar(state);
  if (best === undefined) return [];
  const seeds = best.seeds > 1 ? ` (mean of ${best.seeds} seeds)` : '';
  const score = `${state.objective.metric} ${formatMetric(state, best.mean)}`;
  const line = styledLine(
    window,
    ` best  ${score}${seeds}  ${describeParams(best.trial.params, state.swept)}`.trimEnd(),
  );
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
  return [styledLine(window, head + marks + text)];
}

function failureLines(state: ProgressState, window: Window): string[] {
  return state.failures.map(({ trial, state: end, cause, shortfall }) => {
    const where = describeParams({ ...trial.params, seed: trial.seed }, [...state.swept, 'seed']);
    if (shortfall !== null) {
      const noun = sampleNoun(trial.config.dataset.own);
      const text = ` ! ${shortId(trial.id)} worse than a constant ${noun}: ${where} (${describeShortfall(shortfall, noun)})`;
      return styledLine(window, text, 'yellow');
    }
    // A trial diverges because of where it is; why it failed is in the cause.
    const facts = end === 'diverged' ? `${where} (${plain(cause ?? '')})` : `${plain(cause ?? '')} (${where})`;
    return styledLine(window, ` ✗ ${shortId(trial.id)} ${end}: ${facts}`, 'red');
  });
}

/** The first line of a note; those that begin with a sign have its colour there. */
function noteLine(note: string, window: Window): string {
  const [first = ''] = note.split('\n', 1);
  const line = styledLine(window, ` ${first}`);
  const style = first.startsWith('!') ? 'yellow' : first.startsWith('✗') ? 'red' : undefined;
  return style === undefined ? line : line.replace(/[!✗]/, (sign) => styled(window, style, sign));
}

/** Plain texts at the two ends of a line; the left one is cut where there is no room for both. */
function spread(left: string, right: string, columns: number): string {
  if (right === '') return clip(left, columns);
  const kept = clip(left, columns - stringWidth(right) - 2);
  const gap = Math.max(2, columns - stringWidth(kept) - stringWidth(right));
  return clip(kept + ' '.repeat(gap) + right, columns);
}
