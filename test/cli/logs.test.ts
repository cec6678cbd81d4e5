import { expect, it } from 'vitest';
import { describeLine } from '../../src/cli/logs.ts';

it('tells a line of a log in words, with the held-out metrics, and passes on what is not one', () => {
  const line = {
    level: 'info',
    time: '2026-11-21T10:04:05.678Z',
    trial: '3f2a91d001',
    msg: 'epoch 3',
    metrics: { 'train/elbo': -80, 'val/elbo': -88.4, 'val/active_units': 9 },
  };
  expect(describeLine(JSON.stringify(line))).toBe(
    '2026-11-21 10:04:05Z info  3f2a91 epoch 3 val/elbo=-88.40 val/active_units=9.0',
  );
  expect(describeLine('{"level":"info","ti')).toBe('{"level":"info","ti');
  expect(describeLine('null')).toBe('null');
});
