import type { DeviceStatus } from '../executor/executor.ts';
import type { Lease } from './leases.ts';
import { PROTOCOL, type AgentEntry } from './messages.ts';
import { Refusals, type AgentFault } from './refusals.ts';

export interface RemoteDevice {
  readonly label: string;
  readonly slots: number;
  readonly healthy: boolean;
  readonly deviceClass?: string | undefined;
  readonly engine?: string | undefined;
  readonly trouble?: string | undefined;
  readonly agent: { readonly name: string; readonly id: string };
  /** Its label there. */
  readonly place: string;
}

/** The agents that a run has seen, and what it may use of them. */
export class KnownAgents {
  readonly #version: string;
  readonly #onWarning: (message: string) => void;
  readonly refusals: Refusals;
  #leases: ReadonlyMap<string, Lease<AgentEntry>> = new Map();
  #devices: readonly RemoteDevice[] = [];
  #byLabel: ReadonlyMap<string, RemoteDevice> = new Map();
  #capacity = 0;
  /** By the agent's id, of those that were asked about since the last update. */
  readonly #executions = new Map<string, ReadonlySet<string>>();
  readonly #toldOf = new Set<string>();

  constructor(version: string, onWarning: (message: string) => void, now = (): number => performance.now()) {
    this.#version = version;
    this.#onWarning = onWarning;
    this.refusals = new Refusals(now);
  }

  get devices(): readonly RemoteDevice[] {
    return this.#devices;
  }

  /** Slots that may be used. */
  get capacity(): number {
    return this.#capacity;
  }

  device(label: string): RemoteDevice | undefined {
    return this.#byLabel.get(label);
  }

  /** The one of this label, or the one with the smallest share of busy slots, if it has a free one. */
  leastBusy(label: string | undefined, busyOn: (label: string) => number): RemoteDevice | undefined {
    let least: RemoteDevice | undefined;
    let leastShare = 1;
    for (const one of label === undefined ? this.#devices : [this.device(label)]) {
      const share = one?.healthy === true ? busyOn(one.label) / one.slots : 1;
      if (share < leastShare) [least, leastShare] = [one, share];
    }
    return least;
  }

  /** What it has, by its lease; undefined once that has ended, or another one has its name. */
  executionsOf({ name, id }: RemoteDevice['agent']): ReadonlySet<string> | undefined {
    const lease = this.#leases.get(name);
    if (lease?.holder !== id) return undefined;
    let executions = this.#executions.get(id);
    if (executions === undefined) {
      executions = new Set(lease.value.executions);
      this.#executions.set(id, executions);
    }
    return executions;
  }

  /** Returns whether there are other devices now. */
  update(leases: ReadonlyMap<string, Lease<AgentEntry>>): boolean {
    this.#leases = leases;
    this.#executions.clear();
    return this.#refresh();
  }

  /** An attempt ended there, and why. Returns whether there are other devices now. */
  blame(id: string, fault: AgentFault): boolean {
    this.refusals.blame(id, fault);
    return this.#refresh();
  }

  #refresh(): boolean {
    const before = JSON.stringify(this.#devices);
    this.#devices = [...this.#leases]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, lease]) => this.#usable(name, lease));
    this.#byLabel = new Map(this.#devices.map((device) => [device.label, device]));
    this.#capacity = this.#devices.reduce((sum, { healthy, slots }) => sum + (healthy ? slots : 0), 0);
    return JSON.stringify(this.#devices) !== before;
  }

  #usable(name: string, { holder: id, value }: Lease<AgentEntry>): RemoteDevice[] {
    const { protocol, version, draining } = value;
    if (protocol !== PROTOCOL || version !== this.#version) {
      this.#tell(
        id,
        `agent ${name} is vae-sweep ${version}, and this is ${this.#version}: it is not used. Install the same there`,
      );
      return [];
    }
    const refused = this.refusals.causeOf(id);
    const isAlone = refused !== undefined;
    const toTell = isAlone ? this.refusals.describe(name, id) : undefined;
    if (toTell !== undefined) this.#tell(id, toTell);
    return value.devices.map(({ label, slots, healthy, deviceClass, engine, trouble }) => ({
      label: `${name}/${label}`,
      slots,
      healthy: healthy && !isAlone && !draining,
      deviceClass,
      engine,
      trouble: refused ?? trouble,
      agent: { name, id },
      place: label,
    }));
  }

  #tell(id: string, message: string): void {
    if (this.#toldOf.has(`${id} ${message}`)) return;
    this.#toldOf.add(`${id} ${message}`);
    this.#onWarning(message);
  }
}

/** As the scheduler sees it. */
export function statusOf(
  { label, slots, healthy, deviceClass, engine, trouble }: RemoteDevice,
  busy: number,
): DeviceStatus {
  return {
    label,
    slots,
    busy,
    healthy,
    pid: null,
    ...(deviceClass !== undefined && { deviceClass }),
    ...(engine !== undefined && { engine }),
    ...(trouble !== undefined && { trouble }),
  };
}
