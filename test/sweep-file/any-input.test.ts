import fc from 'fast-check';
import { expect, it } from 'vitest';
import { expandSpec } from '../../src/sweep-file/expansion/expand.ts';
import { specSchema } from '../../src/sweep-file/schema.ts';
import { PARAMETER_NAMES } from '../../src/model/parameters.ts';
import { errorIn, specWith } from './spec-text.ts';

const keys = [...Object.keys(specSchema.shape), ...PARAMETER_NAMES, 'if', 'then', 'min', 'max', 'scale', '__proto__'];
const words = [
  'mlp',
  'conv',
  'grid',
  'random',
  'sobol',
  'mnist',
  'sprites',
  'log',
  'val/elbo',
  'beta < 4',
  'latent_dim <= last(hidden)',
  ...keys,
];
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(...words),
    fc.constantFrom(0, 1, 2, -1, 0.5, 1e-3, 1e9, null, true),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.constantFrom(...keys), tie('tree')), { maxLength: 5 })
      .map((pairs) => Object.fromEntries(pairs)),
  ),
}));

it('every document gives a spec or located mistakes: never another error', () => {
  const document = fc.record({ name: fc.constant('a'), dataset: fc.constant('mnist'), rest: tree });
  fc.assert(
    fc.property(document, ({ name, dataset, rest }) => {
      const text = JSON.stringify(Object.assign({ name, dataset }, rest));
      const error = errorIn(text);
      for (const issue of error?.issues ?? []) {
        expect(issue.line).toBe(1);
        expect((issue.column ?? 0) + issue.length - 1).toBeLessThanOrEqual(text.length);
      }
      if (error) expect(error.issues.length).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});

it('every text gives a spec or located mistakes', () => {
  const fragment = fc.constantFrom(
    'name: a',
    'dataset: mnist',
    '\n',
    '  ',
    '- ',
    ': ',
    '[',
    ']',
    '{',
    '}',
    '&a',
    '*a',
    '"',
    '!',
    '|',
    '---',
    '#',
    '?',
    '\t',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(fragment, fc.string({ maxLength: 3 })), { maxLength: 20 }), (parts) => {
      const text = parts.join('');
      for (const { line, column } of errorIn(text)?.issues ?? []) {
        expect(line).toBeLessThanOrEqual(text.split('\n').length);
        expect(column).toBeGreaterThan(0);
      }
    }),
    { numRuns: 500 },
  );
});

it('every set of axes gives as many distinct trials as its values allow', () => {
  const betas = fc.uniqueArray(fc.double({ min: 2 ** -126, max: 100, noNaN: true }), {
    minLength: 1,
    maxLength: 4,
    comparator: 'SameValueZero',
  });
  const dimensions = fc.uniqueArray(fc.integer({ min: 1, max: 4096 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(betas, dimensions, (beta, latentDim) => {
      const spec = specWith(`parameters: { beta: ${JSON.stringify(beta)}, latent_dim: ${JSON.stringify(latentDim)} }`);
      const trials = expandSpec(spec, 'data');
      expect(new Set(trials.map(({ id }) => id)).size).toBe(beta.length * latentDim.length);
    }),
    { numRuns: 100 },
  );
});
