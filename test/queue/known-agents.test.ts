import { expect, test } from 'vitest';
import { KnownAgents } from '../../src/queue/known-agents.ts';
import { PROTOCOL, type AgentEntry } from '../../src/queue/messages.ts';

const entry: AgentEntry = {
  ...{ protocol: PROTOCOL, version: '1', host: 'h', pid: 1, startedAt: '', executions: [], draining: false },
  devices: [{ label: 'cpu', slots: 1, healthy: true }],
};

let now = 0;
const log: string[] = [];

/** What a run may use of an agent, which it looks at. */
function known(): { readonly agents: KnownAgents; readonly look: () => boolean[] } {
  now = 0;
  log.length = 0;
  const agents = new KnownAgents(
    '1',
    (message) => log.push(message),
    () => now,
  );
  const look = (): boolean[] => {
    agents.update(new Map([['a', { holder: 'id', value: entry }]]));
    return agents.devices.map(({ healthy }) => healthy);
  };
  return { agents, look };
}

test('an agent that jobs fail at is left alone for a while, since a network may be mended', () => {
  const { agents, look } = known();
  const fail = (): unknown => agents.blame('id', { kind: 'trouble', cause: 'no way to the coordinator' });
  expect(look()).toEqual([true]);
  for (let i = 0; i < 3; i++) fail();
  expect(look()).toEqual([false]);
  expect(log).toEqual(['agent a is left alone for 5 min: no way to the coordinator']);
  now = 300_000;
  expect(look()).toEqual([true]);
  fail();
  expect(look()).toEqual([false]);
  now = 600_000;
  agents.refusals.began('id');
  fail();
  expect(look()).toEqual([true]);
});

test('an agent that tells nonsense is doubted for longer and longer, then left out, and that is told once', () => {
  const { agents, look } = known();
  const pauses: number[] = [];
  look();
  while (now < 3_600_000) {
    // Several jobs at a time: what they tell is one reason to doubt.
    for (let i = 0; i < 4; i++) agents.blame('id', { kind: 'lie', cause: `agent a tells what can't be true of it` });
    const from = now;
    while (look()[0] === false && now < 3_600_000) now += 1_000;
    pauses.push(now - from);
    // What it does well meanwhile makes no difference.
    agents.refusals.began('id');
  }
  expect(pauses.slice(0, 2)).toEqual([10_000, 60_000]);
  expect(pauses).toHaveLength(3);
  expect(log).toEqual([`agent a is used no more: three times it told what can't be true. Start it anew there`]);
});

test('an agent whose reports never all arrive is left alone, then left out; Redis may lose some', () => {
  const { agents, look } = known();
  /** How long it is left alone; at most an hour. */
  const lose = (): number => {
    // Of all attempts that it had.
    for (let i = 0; i < 8; i++) agents.blame('id', { kind: 'gap', cause: 'a report of it was lost' });
    const from = now;
    while (look()[0] === false && now < from + 3_600_000) now += 1_000;
    // What it gets on with meanwhile makes no difference.
    agents.refusals.began('id');
    return now - from;
  };
  look();
  expect([lose(), lose()]).toEqual([3_000, 3_000]);
  agents.refusals.ended('id');
  expect([lose(), lose(), lose()]).toEqual([3_000, 3_000, 300_000]);
  expect(Array.from({ length: 9 }, lose)).toEqual([...Array.from({ length: 8 }, () => 300_000), 3_600_000]);
  expect(log.at(-1)).toBe('agent a is used no more: 12 times in a row its reports did not all arrive');
});
