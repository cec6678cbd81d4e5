import { expect, it } from 'vitest';
import { describeLine, isAbout } from '../../src/cli/logs.ts';

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

it('knows the lines of a trial by their trial, not by its name in the text', () => {
  const line = (fields: object): string => JSON.stringify({ level: 'info', time: '', msg: 'epoch 1', ...fields });
  const about = line({ trial: '3f2a91d001' });
  expect(isAbout(new Set(['3f2a91d001']), about)).toBe(true);
  expect(isAbout(new Set(['3f2a91d001']), line({ trial: 'b0', msg: 'behind 3f2a91d001' }))).toBe(false);
  expect(isAbout(new Set(['3f2a91d001']), line({ msg: 'lost 3f2a91d001' }))).toBe(false);
  expect(isAbout(new Set(['3f2a91d001']), about.slice(0, -1))).toBe(false);
});
