/** What a spec asks of models must fit the images, or rows, that they are of. */
import type { DatasetDefinition } from '../../data/definition.ts';
import { MOST_BYTES_IN_MEMORY } from '../../data/own/image-stream.ts';
import type { Finding } from '../issue.ts';
import { ARCHITECTURES } from '../../model/architectures/index.ts';
import { condition, isConditional } from '../../model/condition.ts';
import type { Likelihood } from '../../model/likelihood.ts';
import { decoderIsTold, modelShape } from '../../model/model.ts';
import { valueOf, type Parameters } from '../../model/parameter.ts';
import { architecture, likelihood } from '../../model/parameters.ts';
import { allLikelihoods, ownLikelihoodOf, type OwnDefinitions } from '../own-definitions.ts';
import type { Domain, SweepSpec } from '../spec.ts';
import { type Path, found, placesOfDomains, hasValue } from '../spec-places.ts';

/** Likelihoods, columns and bits, of the images of one's own that a spec names. */
export function checkImages(
  { axes, when, tried, dataset, own: definitions }: SweepSpec,
  images: ModelledImages,
): Finding[] {
  const parameters = Object.fromEntries(axes.map(({ parameter, domain }) => [parameter, domain]));
  // What a configuration to try has from `parameters` is told there.
  const own = tried.map((one) => {
    return Object.fromEntries(Object.entries(one).filter(([name, value]) => !hasValue(parameters[name], value)));
  });
  const places = placesOfDomains({ parameters, when: [...when], try: own });
  return [
    ...checkLikelihoods(places, images, dataset, definitions),
    ...(images.isReal ? checkColumns(places, images, dataset) : []),
    ...checkDrawnBits(images, dataset),
  ];
}

/** Where a spec asks for models that are told labels. */
export function placesOfConditions({ axes, when, tried }: SweepSpec): Path[] {
  const parameters = Object.fromEntries(axes.map(({ parameter, domain }) => [parameter, domain]));
  return placesOfDomains({ parameters, when: [...when], try: [...tried] }).flatMap(([path, domain]): Path[] => {
    if (path.at(-1) !== condition.name || domain.kind !== 'choices') return [];
    const at = domain.values.findIndex((value) => value !== condition.neutral);
    if (at < 0) return [];
    // A configuration to try has from `parameters` what it doesn't say itself.
    return path[0] === 'try' && hasValue(parameters[condition.name], domain.values[at]!)
      ? []
      : [domain.values.length === 1 ? path : [...path, at]];
  });
}

/** Labels that a decoder is not told make no difference to what it draws. `configurations`: all that there may be. */
export function checkTold(
  spec: SweepSpec,
  configurations: readonly Parameters[],
  images: DatasetDefinition,
): Finding[] {
  const told = configurations.filter(isConditional);
  // Which layers there are follows from the architecture; their sizes are no matter here.
  const labels = { names: [''] };
  const likelihoodOf = ownLikelihoodOf(spec.own, images);
  const isDeaf = (chosen: Parameters): boolean =>
    !decoderIsTold(modelShape(chosen, images, labels, likelihoodOf(chosen)));
  const deaf = [...Map.groupBy(told, (chosen) => valueOf(chosen, architecture))].flatMap(([name, [first]]) => {
    return isDeaf(first!) ? [`\`${name}\``] : [];
  });
  if (deaf.length === 0) return [];
  const message = `\`condition: label\` needs a decoder that is told labels, and that of ${deaf.join(' and ')} has no weights for them`;
  const hint =
    'give a layer of it `denseWeights(…, model.classes)`, and pass `condition` to its `dense`, as docs/adding.md has it';
  return placesOfConditions(spec).map((path) => found('conflict', path, message, hint));
}

type ModelledImages = Pick<
  DatasetDefinition,
  'name' | 'channels' | 'isBinary' | 'isReal' | 'isCounts' | 'images' | 'height' | 'width'
>;

/** Bits that are drawn are drawn for a split as a whole, which lies in memory then. */
function checkDrawnBits(
  { name, images, height, width, channels, isReal }: ModelledImages,
  { binarization }: Pick<SweepSpec['dataset'], 'binarization'>,
): Finding[] {
  const isDrawn = binarization === 'static' || binarization === 'dynamic';
  if (!isDrawn || isReal || images * height * width * channels <= MOST_BYTES_IN_MEMORY) return [];
  const message = `\`binarization: ${binarization}\` draws bits for all images in memory, and ${name} is too large for that`;
  return [found('conflict', ['dataset', 'binarization'], message, 'these fit: grey, threshold')];
}

/** What only images have. */
function checkColumns(
  places: readonly (readonly [Path, Domain])[],
  { name }: ModelledImages,
  { binarization }: Pick<SweepSpec['dataset'], 'binarization'>,
): Finding[] {
  const what = `${name} holds columns of numbers`;
  const fitting = ARCHITECTURES.filter(({ isOfImages }) => !isOfImages).map((one) => one.name);
  const misfits = places.flatMap(([path, domain]) => {
    if (path.at(-1) !== architecture.name || domain.kind !== 'choices') return [];
    return ARCHITECTURES.filter((one) => one.isOfImages && domain.values.includes(one.name)).map((one) => {
      const at = domain.values.length === 1 ? path : [...path, domain.values.indexOf(one.name)];
      return found('conflict', at, `\`${one.name}\` is for images, and ${what}`, `these fit: ${fitting.join(', ')}`);
    });
  });
  if (binarization === 'grey') return misfits;
  const message = `\`binarization: ${binarization}\` is for images, and ${what}`;
  return [...misfits, found('conflict', ['dataset', 'binarization'], message, 'leave it out')];
}

/** A likelihood may model images of some numbers of channels only, or none that are black and white. */
export function checkLikelihoods(
  places: readonly (readonly [Path, Domain])[],
  images: ModelledImages,
  { binarization }: Pick<SweepSpec['dataset'], 'binarization'>,
  own: OwnDefinitions,
): Finding[] {
  const all = allLikelihoods(own);
  const misfit = ({ name, channels, notBinary, isOfReals, isOfCounts }: Likelihood): string | undefined => {
    if (images.isCounts)
      return isOfCounts ? undefined : `\`${name}\` models no counts, and ${images.name} is read as such`;
    if (isOfCounts) return notOfCounts(name, images);
    if (images.isReal) {
      return isOfReals ? undefined : `\`${name}\` models values from 0 to 1, and columns of numbers are standardised`;
    }
    if (channels?.includes(images.channels) === false) {
      const models = `\`${name}\` models images of ${channels.join(' or ')} channels`;
      return `${models}, and those of ${images.name} have ${images.channels}`;
    }
    if (notBinary === undefined || (!images.isBinary && binarization === 'grey')) return undefined;
    const cause = images.isBinary
      ? `those of ${images.name} are black and white`
      : `\`binarization: ${binarization}\` makes them black and white`;
    return `\`${name}\` models grey values, and ${cause}: ${notBinary}`;
  };
  const fitting = all.filter((one) => misfit(one) === undefined).map(({ name }) => name);
  return places.flatMap(([path, domain]) => {
    if (path.at(-1) !== likelihood.name || domain.kind !== 'choices') return [];
    return all.flatMap((one) => {
      const message = domain.values.includes(one.name) ? misfit(one) : undefined;
      const at = domain.values.length === 1 ? path : [...path, domain.values.indexOf(one.name)];
      return message === undefined ? [] : [found('conflict', at, message, `these fit: ${fitting.join(', ')}`)];
    });
  });
}

/** A table of whole numbers may be of counts: only its owner knows. */
function notOfCounts(name: string, images: ModelledImages): string {
  if (!images.isReal) return `\`${name}\` models counts, and ${images.name} holds images`;
  const read = `columns of numbers are standardised, unless \`dataset: { path: …, values: counts }\` says that ${images.name} counts`;
  return `\`${name}\` models counts, and ${read}`;
}
