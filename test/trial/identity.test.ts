import { describe, expect, it } from 'vitest';
import { PARAMETERS } from '../../src/model/parameters.ts';
import { configId, hashedParameters, NUMERICS_VERSION, trialId } from '../../src/trial/identity.ts';
import { withoutPlace, type TrialConfig } from '../../src/trial/trial.ts';

const config: TrialConfig = {
  parameters: {
    architecture: 'mlp',
    hidden: [512],
    activation: 'relu',
    init: 'he',
    latent_dim: 10,
    beta: 1,
    learning_rate: 1e-3,
    likelihood: 'bernoulli',
  },
  train: { epochs: 10, batchSize: 128, clipNorm: null },
  dataset: { name: 'sprites-mini', train: null, validation: null, binarization: 'grey' },
};

describe('trialId', () => {
  it('is 16 hexadecimal digits that no release changes unless results change', () => {
    // sha256 of the sorted JSON, computed once with another program.
    // A change here orphans every stored result: it must come with a higher NUMERICS_VERSION, or not at all.
    expect(NUMERICS_VERSION).toBe(4);
    expect(trialId(config, 'fingerprint', 0)).toBe('9e4938363ed5eb5b');
    expect(configId(config, 'fingerprint')).toBe('227550b2721ec09a');
  });

  it('does not depend on the order in which a configuration was built', () => {
    const { parameters, train, dataset } = config;
    const reversed = Object.fromEntries(Object.entries(parameters).reverse()) as unknown as TrialConfig['parameters'];
    expect(trialId({ dataset, train, parameters: reversed }, 'fingerprint', 0)).toBe(trialId(config, 'fingerprint', 0));
  });

  it("of images of one's own is of their content, not of their name and place", () => {
    const shape = { images: 200, height: 20, width: 20, channels: 3, isBinary: false };
    const splits = { train: 160, validation: 20, test: 20 };
    const own = (name: string, path: string): TrialConfig => {
      const images = { path, fingerprint: 'f', ...shape, splits };
      return { ...config, dataset: { ...config.dataset, name, own: images } };
    };
    const [one, other] = [own('faces', '/a/faces'), own('faces.npy', '/b/faces.npy')];
    expect(trialId(one, 'f', 0)).toBe(trialId(other, 'f', 0));
    expect(configId(one, 'f')).toBe(configId(other, 'f'));
    expect(trialId(one, 'g', 0)).not.toBe(trialId(one, 'f', 0));
    expect(JSON.stringify(withoutPlace(one))).toBe(JSON.stringify(withoutPlace(other)));
    // Not that of a data set of ours which is called the same.
    expect(trialId(own('sprites-mini', '/a/sprites-mini'), 'f', 0)).not.toBe(trialId(config, 'f', 0));
  });

  it('changes with everything that decides the result', () => {
    const ids = [
      trialId(config, 'fingerprint', 0),
      trialId(config, 'fingerprint', 1),
      trialId(config, 'other data', 0),
      trialId({ ...config, parameters: { ...config.parameters, beta: 2 } }, 'fingerprint', 0),
      trialId({ ...config, parameters: { ...config.parameters, hidden: [51, 2] } }, 'fingerprint', 0),
      trialId({ ...config, train: { ...config.train, epochs: 11 } }, 'fingerprint', 0),
      trialId({ ...config, dataset: { ...config.dataset, train: 100 } }, 'fingerprint', 0),
      configId(config, 'fingerprint'),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

it('configId is the same for every seed and differs between configurations', () => {
  const other = { ...config, parameters: { ...config.parameters, latent_dim: 11 } };
  expect(configId(config, 'fingerprint')).toBe(configId(structuredClone(config), 'fingerprint'));
  expect(configId(other, 'fingerprint')).not.toBe(configId(config, 'fingerprint'));
  expect(configId(config, 'other data')).not.toBe(configId(config, 'fingerprint'));
});

it('a new parameter leaves the identities of trials as they are, but for those that use it', () => {
  const values = { kind: 'number', min: 0 } as const;
  const toy = { name: 'noise_floor', values, default: 0.1, description: 'Toy.', neutral: 0 };
  const hashed = (noise_floor?: number) =>
    hashedParameters({ ...config.parameters, ...(noise_floor !== undefined && { noise_floor }) }, [...PARAMETERS, toy]);
  expect(hashed(0)).toEqual(hashed());
  expect(hashed(0.1)).toEqual({ ...hashed(), noiseFloor: 0.1 });
});
