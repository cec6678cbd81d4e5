import type { DeviceStatus } from '../executor/executor.ts';
import type { Lease } from './leases.ts';
import { PROTOCOL, type AgentRecord } from './messages.ts';

/** An agent that so many jobs in a row fail at is left alone for a while: a network or a full disk may be mended. */
const MOST_REFUSALS = 3;
const ALONE_MS = 5 * 60_000;

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
  readonly #now: () => number;
  #leases: ReadonlyMap<string, Lease<AgentRecord>> = new Map();
  #devices: readonly RemoteDevice[] = [];
  /** By the agent's id, of those that were asked about since the last update. */
  readonly #executions = new Map<string, ReadonlySet<string>>();
  /** By the agent's id. */
  readonly #refusals = new Map<string, { count: number; cause: string; until: number }>();
  readonly #toldOf = new Set<string>();

  constructor(version: string, onWarning: (message: string) => void, now = (): number => performance.now()) {
    this.#version = version;
    this.#onWarning = onWarning;
    this.#now = now;
  }

  get devices(): readonly RemoteDevice[] {
    return this.#devices;
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
  update(leases: ReadonlyMap<string, Lease<AgentRecord>>): boolean {
    this.#leases = leases;
    this.#executions.clear();
    return this.#refresh();
  }

  /** It could not do a job, and said why. */
  refused(id: string, cause: string): boolean {
    const count = (this.#refusals.get(id)?.count ?? 0) + 1;
    this.#refusals.set(id, { count, cause, until: count < MOST_REFUSALS ? 0 : this.#now() + ALONE_MS });
    return this.#refresh();
  }

  /** It can do jobs. */
  began(id: string): void {
    this.#refusals.delete(id);
  }

  #refresh(): boolean {
    const before = JSON.stringify(this.#devices);
    this.#devices = [...this.#leases]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, lease]) => this.#usable(name, lease));
    return JSON.stringify(this.#devices) !== before;
  }

  #usable(name: string, { holder: id, value }: Lease<AgentRecord>): RemoteDevice[] {
    const { protocol, version, draining } = value;
    if (protocol !== PROTOCOL || version !== this.#version) {
      this.#tell(
        id,
        `agent ${name} is vae-sweep ${version}, and this is ${this.#version}: it is not used. Install the same there`,
      );
      return [];
    }
    const refusals = this.#refusals.get(id);
    const isAlone = refusals !== undefined && this.#now() < refusals.until;
    if (isAlone) this.#tell(id, `agent ${name} is left alone for ${ALONE_MS / 60_000} min: ${refusals.cause}`);
    return value.devices.map(({ label, slots, healthy, deviceClass, engine, trouble }) => ({
      label: `${name}/${label}`,
      slots,
      healthy: healthy && !isAlone && !draining,
      deviceClass,
      engine,
      trouble: isAlone ? refusals.cause : trouble,
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
