import { expect, test } from 'vitest';
import { KnownAgents } from '../../src/queue/known-agents.ts';
import { PROTOCOL, type AgentRecord } from '../../src/queue/messages.ts';

const record: AgentRecord = {
  ...{ protocol: PROTOCOL, version: '1', host: 'h', pid: 1, startedAt: '', executions: [], draining: false },
  devices: [{ label: 'cpu', slots: 1, healthy: true }],
};

test('an agent that jobs fail at is left alone for a while, since a network may be mended', () => {
  const log: string[] = [];
  let now = 0;
  const agents = new KnownAgents(
    '1',
    (message) => log.push(message),
    () => now,
  );
  const look = (): boolean[] => {
    agents.update(new Map([['a', { holder: 'id', value: record }]]));
    return agents.devices.map(({ healthy }) => healthy);
  };
  expect(look()).toEqual([true]);
  for (let i = 0; i < 3; i++) agents.refused('id', 'no way to the coordinator');
  expect(look()).toEqual([false]);
  expect(log).toEqual(['agent a is left alone for 5 min: no way to the coordinator']);
  now = 300_000;
  expect(look()).toEqual([true]);
  agents.refused('id', 'no way to the coordinator');
  expect(look()).toEqual([false]);
  now = 600_000;
  agents.began('id');
  agents.refused('id', 'no way to the coordinator');
  expect(look()).toEqual([true]);
});
