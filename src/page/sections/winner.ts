import { escapeMarkup } from '../../charts/svg.ts';
import { quantityOf } from '../../metrics/index.ts';
import { formatInterval } from '../../render/format.ts';
import { formatValue } from '../../text/format-value.ts';
import { saidOf } from '../../text/sample-noun.ts';
import { tag, words, type Section } from '../html.ts';
import type { PageContent } from '../page-content.ts';
import { picture } from './picture.ts';

/** The best configuration: its settings, its figures, what it makes of images, and how to go on with it. */
export function winner({ report, model, pictures, commands }: PageContent): Section | null {
  const [first] = report.configurations;
  if (first?.rank !== 1) return null;
  const own = pictures.get(0);
  const settings = report.differing.filter((name) => Object.hasOwn(first.params, name));
  const shown = [report.metric, `${model.split}/elbo`, `${model.split}/reconstruction`, `${model.split}/kl`];
  const figures = [...new Set(shown)].flatMap((name) => {
    const found = first.metrics[name];
    return found === undefined
      ? []
      : [[name, formatInterval(found, quantityOf(name).decimals), saidOf(report.noun, quantityOf(name).unit)] as const];
  });
  const active = model.configurations[0]!.activeUnits;
  const list = (rows: readonly (readonly string[])[], label: string): string =>
    tag(
      'dl',
      { 'aria-label': label },
      rows.flatMap(([name = '', value = '', unit = '']) => [
        tag('dt', {}, words(name)),
        tag('dd', {}, [words(value), unit === '' ? '' : ` <span class="unit">${words(unit)}</span>`]),
      ]),
    );
  const onwards =
    commands.length === 0
      ? ''
      : tag('div', { class: 'commands' }, [
          tag('h3', {}, 'Go on with it'),
          tag(
            'ul',
            {},
            commands.map((command) => tag('li', {}, tag('code', {}, escapeMarkup(command)))),
          ),
        ]);
  return {
    id: 'winner',
    title: model.metric.goal === null ? 'The first' : 'The best configuration',
    body: tag('div', { class: 'winner' }, [
      tag('div', { class: 'facts' }, [
        settings.length === 0
          ? ''
          : list(
              settings.map((name) => [name, formatValue(first.params[name])]),
              'Settings that differ',
            ),
        list(
          [
            ...figures,
            ...(active === null
              ? []
              : [['active units', `${Number(active.toFixed(1))} of ${model.configurations[0]!.latentDim}`]]),
            ['seeds', `${first.n} of ${first.planned}`],
          ],
          'Figures',
        ),
      ]),
      own?.reconstructions == null
        ? tag('div', { class: 'pictures' }, [
            // A row of numbers has none.
            report.noun === 'row' ? '' : tag('p', { class: 'lead' }, 'Its pictures are not in the results folder.'),
            onwards,
          ])
        : tag('div', { class: 'pictures' }, [
            tag('figure', {}, [
              picture(own.reconstructions, 'Held-out images and their reconstructions'),
              tag('figcaption', {}, 'Held-out images, and below each its reconstruction from the posterior mean'),
            ]),
            own.samples === null
              ? ''
              : tag('figure', { class: 'square' }, [
                  picture(own.samples, 'Images drawn from the prior'),
                  tag('figcaption', {}, 'Drawn from the prior'),
                ]),
            own.manifold === null
              ? ''
              : tag('figure', { class: 'square' }, [
                  picture(own.manifold, 'The manifold of the two latent dimensions'),
                  tag('figcaption', {}, 'The manifold of its two latent dimensions'),
                ]),
            onwards,
          ]),
    ]),
  };
}
