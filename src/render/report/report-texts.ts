import type { ConfigurationSummary, ReportModel } from '../../analysis/report/report-model.ts';
import { count, formatCount, tally } from '../../text/format-number.ts';
import { saidOf } from '../../text/sample-noun.ts';
import { formatValue } from '../../text/format-value.ts';
import { quantityOf } from '../../metrics/index.ts';
import { adviceText } from './advice-text.ts';
import { confirmationTexts } from './confirmation-text.ts';
import { describeData, outsideNote } from '../data-text.ts';
import { edgesText } from './edges-text.ts';
import { formatInterval, shortIds } from '../format.ts';
import { objectivesText } from './objectives-text.ts';
import { marksTexts } from '../trial/marks-text.ts';
import { describeScope } from '../scope-text.ts';
import { unbroken } from '../layout/text.ts';
import { tradedTexts } from './traded-text.ts';
import { tradeTexts } from './trade-text.ts';
import { describeWarning } from './warning-text.ts';

/** The sentences around a report's table, shared by its text formats; false where there is nothing to say. */
export function reportTexts(model: ReportModel) {
  const { trainedOn, noun, tested, constants, untested, idLength } = model;
  const outside = outsideNote(model);
  return {
    title: title(model),
    /** `sprites-mini, grey pixels, 4,000 training and 500 validation images`. */
    data: trainedOn !== null && describeData(trainedOn, noun),
    marks: marksTexts(model),
    empty: whyEmpty(model),
    omitted: omittedText(model),
    outside: outside !== undefined && `and ${outside}`,
    /** `test images, #1 only: elbo -36.05 ± 0.39, recon 15.62 ± 0.33, KL 20.43 ± 0.07`. */
    test: tested !== null && `test ${noun}s, #${tested.rank ?? '–'} only: ${testResult(tested)}`,
    /** `activation relu, latent_dim 10, hidden [512,256] where used`. */
    constants:
      constants.length > 0 &&
      constants
        .map(({ name, value, isPartial }) => `${name} ${formatValue(value)}${isPartial ? ' where used' : ''}`)
        .join(', '),
    objectives: objectivesText(model),
    trade: tradeTexts(model),
    /** Of several objectives. */
    traded: tradedTexts(model),
    edges: edgesText(model),
    advice: adviceText(model),
    legend: legend(model),
    notes: [
      ...confirmationTexts(model),
      ...(untested.length === 0
        ? []
        : [
            `test ${noun}s not evaluated yet for ${count(untested.length, 'trial')} (${shortIds(untested, idLength)}): the next run tries again`,
          ]),
      ...model.warnings.map((warning) => describeWarning(warning, model)),
    ],
  };
}

export type ReportTexts = ReturnType<typeof reportTexts>;

const BELOW = [
  'omitted',
  'outside',
  'test',
  'trade',
  'traded',
  'edges',
  'advice',
  'legend',
  'objectives',
  'constants',
] as const;

/** What documents say below the table, in their order; of several objectives, the first of `traded` leads to a table of its own. */
export function textsBelow(texts: ReportTexts): { readonly of: (typeof BELOW)[number]; readonly text: string }[] {
  return BELOW.flatMap((of) => [texts[of]].flat().flatMap((text) => (text === false ? [] : [{ of, text }])));
}

/** `beta · 18/20 trials completed, 1 diverged · maximize val/elbo (nats per image at β = 1, held out, best epoch)`. */
function title(model: ReportModel): string {
  const { trials, metric, goal, epoch, noun } = model;
  const { total, completed, ...others } = trials;
  const progress = [`${completed}/${total} trials completed`, ...tally(others)];
  const about = [quantityOf(metric).unit, imagesOf(metric)].map((part) => saidOf(noun, part));
  const measure = [...about, `${epoch} epoch`].filter((part) => part !== '').join(', ');
  const order =
    goal === null
      ? `sorted by ${metric} (${measure}), largest first: it has no better end`
      : `${goal} ${metric} (${measure})`;
  return `${describeScope(model)} · ${progress.join(', ')} · ${order}`;
}

/** `and 7 more configurations, 12 without a rank`: what only the best were asked for leaves out. */
function omittedText({ omitted, unranked, configurations }: ReportModel): string | false {
  const without = unranked - configurations.filter(({ rank }) => rank === null).length;
  if (without === 0) return omitted > 0 && `and ${count(omitted, 'more configuration')}`;
  return omitted === 0
    ? `and ${count(without, 'configuration')} without a rank`
    : `and ${count(omitted, 'more configuration')}, and ${formatCount(without)} without a rank`;
}

function imagesOf(metric: string): string {
  if (metric.startsWith('train/')) return 'training images';
  if (metric.startsWith('val/')) return 'held out';
  return metric.startsWith('test/') ? 'test images' : '';
}

/** What a report without a single ranked configuration says in place of its table. */
function whyEmpty({ configurations, metric, trials: { total, queued, running } }: ReportModel): string | false {
  if (configurations.some(({ rank }) => rank !== null)) return false;
  return total === 0 ? 'No trials.' : `No completed trial has ${metric}${queued + running > 0 ? ' yet' : ''}.`;
}

/** `elbo -36.05 ± 0.39, recon 15.62 ± 0.33, KL 20.43 ± 0.07` on the test images; empty where they weren't looked at. */
export function testResult({ metrics }: ConfigurationSummary): string {
  return ['test/elbo', 'test/reconstruction', 'test/kl']
    .flatMap((name) => {
      const { label, decimals } = quantityOf(name);
      return metrics[name] === undefined ? [] : unbroken(`${label} ${formatInterval(metrics[name], decimals)}`);
    })
    .join(', ');
}

/** What the signs in the table mean, of those that are there. */
function legend({ configurations, metric }: ReportModel): string | false {
  const has = (standing: ConfigurationSummary['standing']): boolean =>
    configurations.some((one) => one.standing === standing);
  const signs = [
    configurations.some(({ metrics }) => metrics[metric]?.low != null) && '±: 95 % interval over seeds',
    has('tied') && "tied: can't be told from the best, at 95 % for all together",
    has('unclear') && "can't tell: its seeds say too little to place it beside the best",
    has('lost') && 'diverged, failed: seeds without a result, ranked last',
    has('screened') &&
      'screened: chosen from, and not confirmed: the best of many by few seeds are not as good as they look',
    has('pruned') && 'pruned: not trained to the end, and not ranked',
    configurations.some(({ metrics }) => metrics['val/active_units']) && 'active: latent dimensions in use, of all',
  ].filter((sign) => sign !== false);
  return signs.length > 0 && signs.join('; ');
}
