import { doneCount } from '../../analysis/progress/count-states.ts';
import type { SweepStatus } from '../../analysis/progress/status.ts';
import type { Cell } from '../../analysis/table.ts';
import { formatCount } from '../../text/format-number.ts';
import { quantityOf } from '../../metrics/index.ts';
import { plain } from '../../text/printable.ts';
import type { SweepState } from '../../store/read-model.ts';
import { formatDuration, formatEta, formatInterval } from '../format.ts';
import { renderFitted } from '../layout/fitted-table.ts';
import { columnsOf, type GridColumn } from '../layout/grid.ts';
import { clip, dimNote, type Layout, type Style } from '../layout/text.ts';

const STATE_STYLES: Readonly<Record<SweepState, Style>> = {
  running: 'green',
  finished: 'dim',
  interrupted: 'yellow',
  failed: 'red',
};

/** Where a long name would cost all sweeps a column, it is cut to so many cells. */
const CUT_NAME_COLUMNS = 24;

/** One line a sweep. `now` makes "started" relative. */
export function renderStatus(statuses: readonly SweepStatus[], layout: Layout, now: Date): string {
  const column = columnsOf(statuses);
  const hasOutside = statuses.some(({ outside }) => outside > 0);
  const hasPaused = statuses.some(({ paused }) => paused > 0);
  const hasPruned = statuses.some(({ trials }) => trials.pruned > 0);
  const hasTags = statuses.some(({ tags }) => tags.length > 0);
  const hasEta = statuses.some(({ eta }) => eta !== null);
  const metrics = new Set(statuses.map(({ metric }) => metric));
  const [onlyMetric] = metrics.size === 1 ? metrics : [];
  const outside = (amount: number): Cell =>
    amount === 0 ? null : { kind: 'number', value: amount, decimals: 0, isSigned: true };
  const age = ({ startedAt }: SweepStatus): string =>
    `${formatDuration((now.getTime() - startedAt.getTime()) / 1000)} ago`;
  const columnsWith = (nameColumns: number): GridColumn[] => [
    column('sweep', 0, ({ sweep }) => clip(plain(sweep), nameColumns)),
    { ...column('state', 0, ({ state }) => state), style: (row) => STATE_STYLES[statuses[row]?.state ?? 'finished'] },
    column('done', 0, ({ trials }) => ({ kind: 'part', part: doneCount(trials), whole: trials.total })),
    ...(hasOutside ? [column('outside plan', 2, (status) => outside(status.outside))] : []),
    ...(hasPaused ? [column('paused', 2, ({ paused }) => (paused === 0 ? null : paused))] : []),
    ...(hasPruned ? [column('pruned', 2, ({ trials }) => (trials.pruned === 0 ? null : trials.pruned))] : []),
    column('failed', 0, ({ trials }) => trials.failed + trials.diverged),
    column(`best ${onlyMetric ?? ''}`.trim(), 2, (status) => describeBest(status, onlyMetric === undefined), 'left'),
    column('data', 3, describeData, 'left'),
    ...(hasTags ? [column('tags', 2, ({ tags }) => plain(tags.join(', ')))] : []),
    column('started', 5, age, 'right'),
    ...(hasEta ? [column('ETA', 4, ({ eta }) => (eta === null ? null : formatEta(eta)), 'right')] : []),
  ];
  const whole = renderFitted(columnsWith(Infinity), layout, '--json');
  const isCut = whole.notes.length > 0 && statuses.some(({ sweep }) => sweep.length > CUT_NAME_COLUMNS);
  const { text, notes } = isCut ? renderFitted(columnsWith(CUT_NAME_COLUMNS), layout, '--json') : whole;
  const said = [...(isCut ? ['names that end in … are cut (--json has them whole)'] : []), ...notes];
  return `${text}\n${said.map((note) => `${dimNote(layout, note)}\n`).join('')}`;
}

function describeBest({ best, metric, families }: SweepStatus, isNamed: boolean): string {
  if (best === null) return families > 1 ? 'several scales' : '';
  const text = formatInterval(best.estimate, quantityOf(metric).decimals);
  return isNamed ? `${metric} ${text}` : text;
}

/** `mnist`; what is unusual beside it, `mnist static, 20,000 images`. For one cell of a table. */
function describeData({ trainedOn, trainImages, noun }: SweepStatus): string {
  if (trainedOn === null) return '';
  const { dataset, binarization } = trainedOn;
  const kind = binarization === 'grey' ? plain(dataset) : `${plain(dataset)} ${binarization}`;
  return trainImages === null ? kind : `${kind}, ${formatCount(trainImages)} ${noun}s`;
}
