/** The VAE of a configuration, put together from its architecture and its likelihood. Pure; TF.js is an argument. */
import type { tf } from '../engine/tfjs.ts';
import type { Tensors } from '../engine/engine.ts';
import { activation } from './activation.ts';
import { imageSize, type Architecture, type ModelShape, type WeightSpec } from './architecture.ts';
import { ARCHITECTURES } from './architectures/index.ts';
import { isConditional } from './condition.ts';
import { CONDITION, dense, denseWeights } from './dense.ts';
import type { Likelihood, LikelihoodInputs } from './likelihood.ts';
import { LIKELIHOODS } from './likelihoods/index.ts';
import { ownLikelihood } from './likelihoods/own.ts';
import type { OwnLikelihood } from './own-likelihood.ts';
import { logVarianceBound } from './objective-parameters.ts';
import { valueOf, valueOr, type Parameters } from './parameter.ts';
import { architecture, latentDim, likelihood } from './parameters.ts';

/** `labels`: those that there are, of a configuration that is told them; `own`: its likelihood, where that is the user's own. */
export function modelShape(
  parameters: Parameters,
  { height, width, channels, isReal }: Pick<ModelShape, 'height' | 'width' | 'channels' | 'isReal'>,
  labels?: { readonly names: readonly string[] },
  own?: OwnLikelihood,
): ModelShape {
  const chosen = named(ARCHITECTURES, valueOf(parameters, architecture));
  const told = own === undefined ? named(LIKELIHOODS, valueOf(parameters, likelihood)) : ownLikelihood(own);
  const bound = valueOr(parameters, logVarianceBound);
  const isTold = isConditional(parameters);
  if (isTold && labels === undefined) throw new Error('a conditional model of data without labels');
  return {
    architecture: chosen.name,
    own: Object.fromEntries(
      [...chosen.parameters, ...(told.parameters ?? [])].map((one) => [one.name, valueOf(parameters, one)]),
    ),
    activation: valueOf(parameters, activation),
    latentDim: valueOf(parameters, latentDim),
    ...(bound > 0 && { logVarianceBound: bound }),
    likelihood: told.name,
    ...(own && { ownLikelihood: withoutPath(own) }),
    ...{ height, width, channels },
    ...(isReal && { isReal }),
    ...(isTold && { classes: labels!.names.length }),
    outputChannels: told.outputChannels?.(channels) ?? channels,
  };
}

/** Models are equal wherever the module lies. */
function withoutPath(own: OwnLikelihood): Omit<OwnLikelihood, 'path'> {
  const placeless: { path?: string } & Omit<OwnLikelihood, 'path'> = { ...own };
  delete placeless.path;
  return placeless;
}

/** All weights of a model, in a fixed order. */
export function weightSpecs(model: ModelShape): WeightSpec[] {
  const chosen = architectureOf(model);
  const { weights, features } = chosen.encoder(model);
  const classes = headsAreTold(model) ? model.classes : undefined;
  return [
    ...weights,
    ...denseWeights('posterior.mean', features, model.latentDim, null, classes),
    ...denseWeights('posterior.log_variance', features, model.latentDim, null, classes),
    ...chosen.decoder(model),
    ...(likelihoodOf(model).weights ?? []).map(({ name, shape, isObserved }): WeightSpec => {
      const dimensions = typeof shape === 'function' ? shape(imageSize(model)) : shape;
      return { name, shape: dimensions, fan: null, activation: null, uses: 0, ...(isObserved && { isObserved }) };
    }),
  ];
}

/** Those that gradients move. */
export function trainedSpecs(model: ModelShape): WeightSpec[] {
  return weightSpecs(model).filter(({ isObserved }) => isObserved !== true);
}

/** Multiplications and additions of one image's forward pass, in pairs. */
export function forwardMacs(model: ModelShape): number {
  return weightSpecs(model).reduce((sum, { shape, uses }) => sum + uses * product(shape), 0);
}

/** Of those that are trained. */
export function weightCount(model: ModelShape): number {
  return trainedSpecs(model).reduce((sum, { shape }) => sum + product(shape), 0);
}

/** Where no layer of the encoder is told the label, as where it has none, the heads are. */
function headsAreTold(model: ModelShape): boolean {
  return model.classes !== undefined && !isTold(architectureOf(model).encoder(model).weights);
}

/** Whether a layer of the decoder is told the label. Else what the model draws is the same under each. */
export function decoderIsTold(model: ModelShape): boolean {
  return isTold(architectureOf(model).decoder(model));
}

function isTold(weights: readonly WeightSpec[]): boolean {
  return weights.some(({ name }) => name.endsWith(CONDITION));
}

/**
 * Parameters of q(z|x) = N(mean, diag exp(logVariance)), both [B, J], from images [B, P] in [0, 1], or rows as they are: two
 * parallel heads.
 * `condition`: the label of each as a one-hot row [B, K] where the model is told it; then all is given that label, too.
 */
export function encode(
  tfjs: typeof tf,
  model: ModelShape,
  weights: Tensors,
  images: tf.Tensor2D,
  condition?: tf.Tensor2D,
): { mean: tf.Tensor2D; logVariance: tf.Tensor2D } {
  // Counts span orders of magnitude.
  const input = likelihoodOf(model).isOfCounts ? tfjs.log<tf.Tensor2D>(tfjs.add(images, 1)) : images;
  const features = architectureOf(model).encode(tfjs, model, weights, input, condition);
  const { logVarianceBound: bound } = model;
  const told = headsAreTold(model) ? condition : undefined;
  const logVariance = dense(tfjs, features, weights, 'posterior.log_variance', told);
  return {
    mean: dense(tfjs, features, weights, 'posterior.mean', told),
    logVariance: bound === undefined ? logVariance : tfjs.mul(tfjs.tanh(tfjs.mul(logVariance, 1 / bound)), bound),
  };
}

/** What the likelihood reads, [B, O], from latents [B, J]; `condition` as of `encode`. */
export function decode(
  tfjs: typeof tf,
  model: ModelShape,
  weights: Tensors,
  latents: tf.Tensor2D,
  condition?: tf.Tensor2D,
): tf.Tensor2D {
  return architectureOf(model).decode(tfjs, model, weights, latents, condition);
}

/** E[x], [B, P] from [B, O]: in [0, 1] of images, any numbers where the model is of rows of such. */
export function meanOf(tfjs: typeof tf, model: ModelShape, outputs: tf.Tensor2D): tf.Tensor2D {
  const told = likelihoodOf(model);
  return model.isReal && told.isOfReals ? outputs : told.mean(tfjs, outputs);
}

export function likelihoodOf(model: ModelShape): Likelihood {
  return model.ownLikelihood === undefined ? named(LIKELIHOODS, model.likelihood) : ownLikelihood(model.ownLikelihood);
}

/** What the model's likelihood may know beside the decoder's outputs; in training also what each image counts, [B]. */
export function likelihoodInputs(model: ModelShape, weights: Tensors): LikelihoodInputs;
export function likelihoodInputs(
  model: ModelShape,
  weights: Tensors,
  imageWeights: tf.Tensor1D,
): Required<LikelihoodInputs>;
export function likelihoodInputs(model: ModelShape, weights: Tensors, imageWeights?: tf.Tensor1D): LikelihoodInputs {
  return { own: model.own, weights, ...(imageWeights && { imageWeights }) };
}

function architectureOf(model: ModelShape): Architecture {
  return named(ARCHITECTURES, model.architecture);
}

function named<Definition extends { readonly name: string }>(
  definitions: readonly Definition[],
  name: string,
): Definition {
  const found = definitions.find((definition) => definition.name === name);
  if (found === undefined) throw new Error(`nobody defines ${name}`);
  return found;
}

function product(dimensions: readonly number[]): number {
  return dimensions.reduce((result, dimension) => result * dimension, 1);
}
