import type { OfferedAgent } from '../../queue/offered-agents.ts';
import { plain } from '../../text/printable.ts';
import { shortBits } from '../trial/bit-class-text.ts';
import { renderFitted } from '../layout/fitted-table.ts';
import { formatDuration } from '../format.ts';
import { columnsOf } from '../layout/grid.ts';
import { toJsonLine } from '../json-line.ts';
import type { Layout } from '../layout/text.ts';

export function renderAgentsJson(agents: readonly OfferedAgent[], version: string): string {
  return toJsonLine({
    schema: 'vae-sweep.agents/1',
    version,
    agents: agents.map(({ name, version, host, pid, startedAt, endsAt = null, draining, devices, executions }) => ({
      ...{ name, version, host, pid, started_at: startedAt, ends_at: endsAt, draining },
      devices: devices.map(
        ({ label, deviceClass = null, slots, healthy, engine = null, trouble = null, bitClass = null }) => ({
          ...{ label, class: deviceClass, slots, healthy, engine, trouble },
          bit_class: bitClass,
        }),
      ),
      busy: executions.length,
    })),
  });
}

/** One line an agent. `version` is this program's: agents of another one aren't used. */
export function renderAgents(agents: readonly OfferedAgent[], version: string, layout: Layout, now: Date): string {
  const column = columnsOf(agents);
  const hasEnds = agents.some(({ endsAt }) => endsAt !== undefined);
  const slots = ({ devices }: OfferedAgent): number => devices.reduce((sum, device) => sum + device.slots, 0);
  const { text } = renderFitted(
    [
      column('agent', 0, ({ name }) => plain(name)),
      column(
        'devices',
        0,
        ({ devices }) => devices.map(({ label, slots }) => `${label} × ${slots}`).join(', '),
        'left',
      ),
      column(
        'class',
        2,
        ({ devices }) => plain([...new Set(devices.map((one) => one.deviceClass ?? ''))].join(', ')),
        'left',
      ),
      column('engine', 4, ({ devices }) => [...new Set(devices.map(({ engine }) => engine ?? ''))].join(', '), 'left'),
      column('bits', 5, ({ devices }) => bitsOf(devices), 'left'),
      column('busy', 0, (agent) => ({ kind: 'part', part: agent.executions.length, whole: slots(agent) })),
      column('host', 3, ({ host, pid }) => `${plain(host)}, process ${pid}`, 'left'),
      column(
        'since',
        1,
        ({ startedAt }) => `${formatDuration((now.getTime() - Date.parse(startedAt)) / 1000)} ago`,
        'right',
      ),
      ...(hasEnds ? [column('ends', 1, ({ endsAt }) => timeUntil(endsAt, now), 'right')] : []),
      column('state', 0, (agent) => stateOf(agent, version), 'left'),
    ],
    layout,
    '--json',
  );
  return text;
}

/** By the agent's clock. */
function timeUntil(endsAt: string | undefined, now: Date): string {
  const seconds = (Date.parse(endsAt ?? '') - now.getTime()) / 1000;
  return Number.isNaN(seconds) ? '–' : `in ${formatDuration(Math.max(0, seconds))}`;
}

/** Of each device, but once where all are alike. */
function bitsOf(devices: OfferedAgent['devices']): string {
  const bits = devices.map(({ bitClass }) => (bitClass === undefined ? '–' : shortBits(bitClass)));
  return (new Set(bits).size === 1 ? bits.slice(0, 1) : bits).join(', ');
}

function stateOf({ devices, draining, version: own }: OfferedAgent, version: string): string {
  if (own !== version) return `not used: vae-sweep ${plain(own)}, this is ${version}`;
  if (draining) return 'takes nothing new';
  const lost = devices.filter(({ healthy }) => !healthy);
  return lost.length === 0
    ? 'ready'
    : lost.map(({ label, trouble }) => plain(`${label} lost: ${trouble ?? ''}`)).join('; ');
}
