import { describe, expect, test } from 'vitest';
import { describeFilter, matchesFilter, parseFilter } from '../../src/analysis/filter.ts';
import { snapshotOf, trialRecord } from './support.ts';

const snapshot = snapshotOf([
  trialRecord({ parameters: { beta: 0.5, hidden: [512] } }),
  trialRecord({ parameters: { beta: 4, hidden: [512, 256], learning_rate: 0.0003 } }),
  trialRecord({ parameters: { architecture: 'conv', beta: 4 } }),
]);
const found = (text: string): number[] => {
  const filter = parseFilter(text, snapshot);
  return snapshot.trials.flatMap((trial, index) => (matchesFilter(filter, trial) ? [index] : []));
};

describe('a filter finds trials by', () => {
  test.each([
    ['architecture=mlp', [0, 1]],
    ['beta=0.5', [0]],
    ['beta=.5', [0]],
    ['learning_rate=3e-4', [1]],
    ['hidden=[512]', [0]],
    ['hidden=[512, 256]', [1]],
    ['hidden=512,256', [1]],
    ['hidden=[[512], [512, 256]]', [0, 1]],
    ['beta=0.5,4', [0, 1, 2]],
    ['architecture=mlp,conv beta=4', [1, 2]],
    ['channels=[32,64]', [2]],
    ['architecture=mlp beta=4', [1]],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });
});

describe('a filter is refused', () => {
  test.each([
    ['archtecture=mlp', 'USAGE', 'did you mean architecture?'],
    ['width=3', 'USAGE', 'Parameters of beta: architecture, beta, hidden'],
    ['beta=3', 'NOT_FOUND', 'Values of beta here: 0.5, 4'],
    ['beta=*a', 'NOT_FOUND', 'has beta=*a. Values of beta here: 0.5, 4'],
    ['beta=[1', 'NOT_FOUND', 'has beta=[1. Values of beta here: 0.5, 4'],
    ['beta=4,3', 'NOT_FOUND', 'has beta=3. Values of beta here: 0.5, 4'],
    ['hidden=[]', 'NOT_FOUND', 'Values of hidden here: [512], [512,256]'],
    ['hidden=[64]', 'NOT_FOUND', 'Values of hidden here: [512], [512,256]'],
    ['architecture=conv beta=0.5', 'NOT_FOUND', 'architecture=conv beta=0.5 together'],
    ['beta', 'USAGE', 'write parameter=value'],
    ['beta=', 'USAGE', 'write parameter=value'],
    ['=4', 'USAGE', 'write parameter=value'],
    [' ', 'USAGE', 'empty filter'],
    ['__proto__=1', 'USAGE', 'Unknown parameter'],
  ])('%s: %s, %s', (text, code, message) => {
    expect(() => parseFilter(text, snapshot)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
    );
  });
});

test('a filter is written as it would be typed', () => {
  expect(describeFilter(parseFilter('beta=4  hidden=[512, 256]', snapshot))).toBe('beta=4 hidden=[512,256]');
  for (const text of ['beta=0.5,4', 'hidden=[[512],[512,256]]']) {
    expect(describeFilter(parseFilter(text, snapshot))).toBe(text);
  }
});

test('control characters of a filter do not reach the message', () => {
  expect(() => parseFilter('\u001b[31mx=1', snapshot)).toThrow(/^Unknown parameter x/);
});
