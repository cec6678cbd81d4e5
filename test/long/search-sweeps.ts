/** Small sweeps of real VAEs by all that searches, prunes, confirms and ends: a second or ten each. Without a name. */

const SPACE = `
dataset: { name: sprites-mini, train: 512, validation: 256 }
parameters:
  architecture: [mlp, conv]
  hidden: [[32], [64], [64, 32]]
  channels: [[4], [4, 8]]
  latent_dim: { min: 2, max: 12 }
  beta: { min: 0.5, max: 4, scale: log }
  learning_rate: { min: 3e-4, max: 3e-2, scale: log }
search: tpe
`;
const PRUNED = `${SPACE}
trials: 27
lookahead: 9
seeds: { screen: 1, confirm: 3, top: 2 }
train: { epochs: 9 }
`;

export const SEARCH_SWEEPS = {
  halving: `${PRUNED}prune: { method: halving, eta: 3 }`,
  asha: `${PRUNED}prune: { method: asha, eta: 2 }`,
  hyperband: `${PRUNED}prune: { method: hyperband, eta: 3 }`,
  median: `${PRUNED}prune: { method: median }`,
  tpe: `${SPACE}trials: 40\nlookahead: 4\ntrain: { epochs: 2 }`,
  traded: `${SPACE}trials: 24\nlookahead: 4\ntrain: { epochs: 2 }\nobjectives: [val/kl, val/reconstruction]`,
  patience: `${SPACE}trials: 40\nlookahead: 4\ntrain: { epochs: 2 }\nuntil: { patience: 6 }`,
} as const;
/** From what `tpe` has found. */
export const LEARNT = `${SPACE}trials: 12\nlookahead: 4\ntrain: { epochs: 2 }\nlearn_from: [tpe]`;
/** For more epochs, as an override. */
export const LONGER = SPACE.replace('tpe', 'sobol') + 'trials: 8\nseeds: 2\ntrain: { epochs: 5 }';
