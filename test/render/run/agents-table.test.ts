import { expect, test } from 'vitest';
import type { OfferedAgent } from '../../../src/queue/offered-agents.ts';
import { renderAgents, renderAgentsJson } from '../../../src/render/run/agents-table.ts';

const bits = (digits: string): string => `compiled/cpu with ONNX Runtime 1.24.3, bits ${digits}`;
const NOW = new Date('2026-11-21T10:00:00Z');

function agent(name: string, classes: readonly (string | undefined)[]): OfferedAgent {
  return {
    ...{ name, protocol: 1, version: '1.0.0', host: 'rack', pid: 7, executions: [], draining: false },
    startedAt: '2026-11-21T09:00:00Z',
    devices: classes.map((bitClass, i) => ({ label: `gpu:${i}`, slots: 1, healthy: true, engine: 'e', bitClass })),
  };
}

test('what computes on an agent is told once a trial has begun there, and once for devices that are alike', () => {
  const [one, other] = [bits('3f9a12c40b7e'), bits('77aa01c40b7e')];
  const agents = [
    agent('new', [undefined, undefined]),
    agent('alike', [one, one]),
    agent('mixed', [one, other, undefined]),
  ];
  const lines = renderAgents(agents, '1.0.0', { columns: 140, colour: false }, NOW).split('\n');
  expect(lines[0]).toMatch(/ engine +bits +busy/);
  expect(lines.slice(1).map((line) => / e  +(.*?)  +\d/.exec(line)?.[1])).toEqual(['–', '3f9a12', '3f9a12, 77aa01, –']);
  const { agents: told } = JSON.parse(renderAgentsJson(agents, '1.0.0')) as {
    agents: { devices: { bit_class: string | null }[] }[];
  };
  expect(told.map(({ devices }) => devices.map(({ bit_class }) => bit_class))).toEqual([
    [null, null],
    [one, one],
    [one, other, null],
  ]);
});
