import { describeData } from '../../render/data-text.ts';
import { formatDate, formatDuration } from '../../render/format.ts';
import { plain } from '../../text/printable.ts';
import { escapeMarkup } from '../../charts/svg.ts';
import { tag, words, type Section } from '../html.ts';
import type { PageContent } from '../page-content.ts';

/** Where the figures come from, and how to get them again. */
export function provenance({ model, report, provenance: from }: PageContent): Section {
  const { timeline } = model;
  const rows = [
    ['sweep', plain(model.sweep)],
    ['started', formatDate(from.startedAt)],
    ['ended', from.endedAt === null ? 'not yet' : formatDate(from.endedAt)],
    ['data', report.trainedOn === null ? '–' : describeData(report.trainedOn, report.noun)],
    ['fingerprint of the data', from.datasetFingerprint],
    [
      'devices',
      timeline.devices
        .map(({ name, slots, busySeconds }) => `${name}: ${slots} at a time, ${formatDuration(busySeconds)} of work`)
        .join('; ') || '–',
    ],
    ['seeds', [...new Set(model.trials.map(({ seed }) => seed))].sort((a, b) => a - b).join(', ')],
    ['vae-sweep', `${from.version}; its arithmetic, version ${report.trainedOn?.numerics_version ?? 'not one alone'}`],
    ...(from.bitClass === null ? [] : [['bit class of the best', from.bitClass]]),
    ...(from.overrides.length === 0 ? [] : [['overrides', from.overrides.join(' ')]]),
  ];
  return {
    id: 'provenance',
    title: 'Provenance',
    body: tag('div', { class: 'provenance' }, [
      tag(
        'dl',
        {},
        rows.flatMap(([name = '', value = '']) => [tag('dt', {}, words(name)), tag('dd', {}, escapeMarkup(value))]),
      ),
      tag('div', {}, [
        tag('h3', {}, 'The spec as it ran'),
        tag('pre', { tabindex: 0 }, escapeMarkup(from.specText.trimEnd())),
      ]),
    ]),
    notes: [
      'Every figure: `sweep export`, with `--table metrics` those of each epoch. Run again in the same bit class (engine, its version, kind of processor or GPU), the same spec gives the same bits.',
    ],
  };
}
