import { expect, it } from 'vitest';
import { describeLine } from '../../src/cli/logs.ts';
import { formatBytes, formatClock, formatParameters, formatRoughly, plural } from '../../src/cli/format.ts';

it.each([
  [0.2, '1 s'],
  [42.4, '42 s'],
  [99.4, '99 s'],
  [99.6, '2 min'],
  [3569, '59 min'],
  [3571, '1 h 00 min'],
  [86_399, '1 d 0 h'],
  [100_000, '1 d 4 h'],
])('about %d seconds are %s', (seconds, text) => expect(formatRoughly(seconds)).toBe(text));

it.each([
  [0, '0:00'],
  [61_900, '1:01'],
  [3_723_000, '1:02:03'],
])('a clock at %d ms shows %s', (milliseconds, text) => expect(formatClock(milliseconds)).toBe(text));

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [11_594_722, '11.6 MB'],
  [999_600, '1.0 MB'],
  [8.29e10, '82.9 GB'],
])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

it('counts with thousands, in English', () => {
  expect([plural(1, 'trial'), plural(1440, 'trial')]).toEqual(['1 trial', '1,440 trials']);
});

it('writes parameters as they may be typed, without those a configuration lacks', () => {
  expect(
    formatParameters({ architecture: 'mlp', hidden: [512, 256], beta: 1e-7 }, ['beta', 'channels', 'hidden']),
  ).toBe('beta=1e-7 hidden=[512,256]');
});

it('tells a line of a log in words, and passes on what is not one', () => {
  const line = {
    level: 'info',
    time: '2026-11-21T10:04:05.678Z',
    trial: '3f2a91d001',
    msg: 'epoch 3',
    metrics: { 'val/elbo': -88.4 },
  };
  expect(describeLine(JSON.stringify(line))).toBe('2026-11-21 10:04:05 info  3f2a91 epoch 3 val/elbo=-88.40');
  expect(describeLine('{"level":"info","ti')).toBe('{"level":"info","ti');
  expect(describeLine('null')).toBe('null');
});
