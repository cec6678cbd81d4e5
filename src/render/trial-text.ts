import { formatDate, formatDuration } from './format.ts';
import { formatNumber } from '../text/format-number.ts';
import { formatValue } from '../text/format-value.ts';
import { columnsOf, renderGrid } from './grid.ts';
import type { Column } from '../analysis/table.ts';
import { describeData } from './data-text.ts';
import { trialWarnings } from './shortfall-text.ts';
import { quantityOf } from '../metrics/index.ts';
import type { TrialDetail } from '../analysis/show.ts';
import { sparkline } from './sparkline.ts';
import { marked, nextLine, styled, wrap, type Layout } from './text.ts';
import { plain } from '../text/printable.ts';
import type { RunRecord } from '../store/read-model.ts';
import { trainedOn } from '../analysis/trained-on.ts';

/** One trial for a terminal: configuration, metrics, learning curve, latent code, attempts, files, commands that lead on. */
export function renderTrial(detail: TrialDetail, layout: Layout, next: readonly string[] = []): string {
  const { trial, attempts, files, bitClass, run } = detail;
  const note = (text: string): string => wrap(text, layout.columns, '   ', ' ');
  const { planned_epochs: epochs, batch_size, clip_norm } = trainedOn(trial);
  const config = { ...trial.params, epochs, batch_size, ...(clip_norm !== null && { clip_norm }) };
  const facts = [
    trial.epochs === 0 ? undefined : `${trial.epochs} of ${epochs} epochs in ${formatDuration(trial.seconds)}`,
    trial.device === null ? undefined : `on ${plain(trial.device)}`,
    bitClass === null ? undefined : `by ${plain(bitClass)}`,
    trial.trainableWeights === null ? undefined : `${formatNumber(trial.trainableWeights, 0)} trainable weights`,
    trial.reusedFrom === null ? undefined : `taken over from sweep ${plain(trial.reusedFrom)}`,
    trial.inPlan ? undefined : 'outside the present plan',
  ].filter((fact) => fact !== undefined);
  const blocks = [
    [
      styled(layout, 'bold', wrap(trialTitle(detail), layout.columns, '  ', '')),
      ...(trial.cause === null ? [] : [marked(layout, 'yellow', ' !', plain(trial.cause))]),
      ...trialWarnings(detail).map((text) => marked(layout, 'yellow', ' !', plain(text))),
      note(
        Object.entries(config)
          .map(([name, value]) => `${name} ${formatValue(value)}`)
          .join(', '),
      ),
      ...(facts.length === 0 ? [] : [note(facts.join(', '))]),
      ...(run === null ? [] : [note(runText(run))]),
    ],
    metricsTable(detail, layout),
    [...learningCurve(detail, layout), ...latentCode(detail).map(note)],
    attempts.length === 0 ? [] : [styled(layout, 'bold', ' attempts'), ...attemptsTable(detail, layout)],
    files.length === 0 ? [] : [styled(layout, 'bold', ' files'), ...files.map((file) => ` ${plain(file)}`)],
    next.length === 0 ? [] : [nextLine(next, layout.columns, ' ')],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

/** `vae-sweep 0.1.0, Node 24.21.0, ONNX Runtime 1.30.0 on host (linux-x64, 2 × Xeon), commit 8a5db18f0c11 with changes 3fe2…`. */
function runText({ versions, host, platform, processor, cores, git }: RunRecord): string {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const commit =
    git === null
      ? 'no commit'
      : `commit ${git.commit.slice(0, 12)}${git.changes === null ? '' : ` with changes (${git.changes})`}`;
  return plain(`${programs.join(', ')}; ${host}, ${platform}, ${cores} × ${processor}; ${commit}`);
}

function trialTitle({ trial }: TrialDetail): string {
  const data = describeData(trainedOn(trial));
  return `${trial.id} · ${plain(trial.sweep)} · ${trial.state} · seed ${trial.seed} · ${data}`;
}

function metricsTable({ trial, last }: TrialDetail, layout: Layout): string[] {
  const known = new Set([...Object.keys(trial.metrics), ...Object.keys(last?.metrics ?? {})]);
  // Held out first: what the sweep is ranked by.
  const names = [...known].sort((a, b) => splitOrder(a) - splitOrder(b));
  if (names.length === 0) return [];
  const column = columnsOf(names);
  const values = (header: string, metrics: Readonly<Record<string, number>>): Column =>
    column(header, 0, (name) => {
      const value = metrics[name];
      return value === undefined ? null : { kind: 'number', value, decimals: quantityOf(name).decimals };
    });
  const columns = [
    column('metric', 0, (name) => name),
    ...(trial.bestEpoch === null ? [] : [values(`best, epoch ${trial.bestEpoch}`, trial.metrics)]),
    ...(last === null || last.epoch === trial.bestEpoch ? [] : [values(`last, epoch ${last.epoch}`, last.metrics)]),
    column('unit', 0, (name) => quantityOf(name).unit),
  ];
  return [renderGrid(columns, layout)];
}

function splitOrder(name: string): number {
  return ['val/', 'test/', 'train/'].findIndex((split) => name.startsWith(split));
}

function learningCurve({ curve }: TrialDetail, layout: Layout): string[] {
  const [first, ...rest] = curve.points;
  const final = rest.at(-1);
  if (first === undefined || final === undefined) return [];
  const { decimals } = quantityOf(curve.metric);
  const ends = `${formatNumber(first.value, decimals)} → ${formatNumber(final.value, decimals)}`;
  const prefix = ` ${curve.metric}  `;
  const suffix = `  ${ends}, epochs ${first.epoch} to ${final.epoch}`;
  const room = layout.columns - prefix.length - suffix.length;
  const { text, valuesPerMark } = sparkline(
    curve.points.map(({ value }) => value),
    Math.max(8, room),
  );
  const scale = valuesPerMark === 1 ? [] : [`   each mark: the last of ${valuesPerMark} epochs`];
  return [prefix + text + suffix, ...scale];
}

/** KL per latent dimension, largest first: how many dimensions carry the code, and how much. */
function latentCode({ trial: { klPerDimension } }: TrialDetail): string[] {
  if (klPerDimension === null || klPerDimension.length === 0) return [];
  const sorted = klPerDimension.toSorted((a, b) => b - a).map((value) => formatNumber(value, 2));
  return [`KL by latent dimension: ${sorted.join(' ')}`];
}

function attemptsTable({ attempts }: TrialDetail, layout: Layout): string[] {
  const column = columnsOf(attempts);
  const columns = [
    column('#', 0, ({ attempt }) => String(attempt)),
    column('device', 0, ({ device }) => plain(device ?? '')),
    column('engine', 0, ({ engine }) => plain(engine ?? '')),
    column('started', 0, ({ startedAt }) => formatDate(startedAt)),
    column('took', 0, ({ startedAt, endedAt }) => {
      return endedAt === null ? '' : formatDuration((endedAt.getTime() - startedAt.getTime()) / 1000);
    }),
    column('outcome', 0, ({ outcome, endedAt }) => plain(outcome ?? (endedAt === null ? 'open' : ''))),
  ];
  const causes = attempts.flatMap(({ attempt, cause }) => {
    return cause === null ? [] : [wrap(plain(cause), layout.columns, '   ', ` ${attempt}: `)];
  });
  return [renderGrid(columns, layout), ...causes];
}
