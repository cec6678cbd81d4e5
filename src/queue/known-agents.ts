import type { DeviceStatus } from '../executor/executor.ts';
import type { Lease } from './leases.ts';
import { PROTOCOL, type AgentRecord } from './messages.ts';

/** An agent that so many jobs in a row fail at is left alone for a while: a network or a full disk may be mended. */
const MOST_TROUBLES = 3;
const ALONE_MS = 5 * 60_000;
/** How long an agent is left alone that told what can't be true, the first time and the next; then for good. */
const DOUBTED_MS = [10_000, 60_000] as const;

/** Reports of an agent that get lost may be Redis's fault; where none of its attempts comes to an end in between, they aren't. */
const MOST_GAPS = 2 * MOST_TROUBLES;

/**
 * What the end of an attempt says of its agent: it takes nothing more, its machine is in trouble, it tells nonsense, or not
 * all that it tells arrives.
 */
export interface Fault {
  readonly kind: 'end' | 'trouble' | 'lie' | 'gap';
  readonly cause: string;
}

/** What an agent is not used for, and until when, by our clock. */
interface Refusal {
  readonly troubles: number;
  readonly lies: number;
  readonly gaps: number;
  readonly until: number;
  readonly cause: string;
}

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
  #byLabel: ReadonlyMap<string, RemoteDevice> = new Map();
  #capacity = 0;
  /** By the agent's id, of those that were asked about since the last update. */
  readonly #executions = new Map<string, ReadonlySet<string>>();
  /** By the agent's id. */
  readonly #refusals = new Map<string, Refusal>();
  readonly #toldOf = new Set<string>();

  constructor(version: string, onWarning: (message: string) => void, now = (): number => performance.now()) {
    this.#version = version;
    this.#onWarning = onWarning;
    this.#now = now;
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

  /** An attempt ended there, and why. Returns whether there are other devices now. */
  blame(id: string, { kind, cause }: Fault): boolean {
    const now = this.#now();
    const before = this.#refusals.get(id) ?? { troubles: 0, lies: 0, gaps: 0, until: 0, cause };
    // What it had been given before.
    if (now < before.until) return false;
    if (kind === 'end') this.#refusals.set(id, { ...before, until: Infinity, cause });
    if (kind === 'trouble') {
      const troubles = before.troubles + 1;
      this.#refusals.set(id, { ...before, troubles, until: troubles < MOST_TROUBLES ? 0 : now + ALONE_MS, cause });
    }
    if (kind === 'lie') {
      const until = now + (DOUBTED_MS[before.lies] ?? Infinity);
      this.#refusals.set(id, { ...before, lies: before.lies + 1, until, cause });
    }
    if (kind === 'gap') {
      const gaps = before.gaps + 1;
      const until = gaps < MOST_TROUBLES ? 0 : gaps < MOST_GAPS ? now + ALONE_MS : Infinity;
      this.#refusals.set(id, { ...before, gaps, until, cause });
    }
    return this.#refresh();
  }

  /** All that it told of an attempt has arrived. */
  ended(id: string): void {
    const before = this.#refusals.get(id);
    if (before !== undefined && before.gaps > 0) this.#refusals.set(id, { ...before, gaps: 0 });
  }

  /** It can do jobs. What it told is not forgotten. */
  began(id: string): void {
    const before = this.#refusals.get(id);
    if (before !== undefined && before.troubles > 0) this.#refusals.set(id, { ...before, troubles: 0 });
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

  #usable(name: string, { holder: id, value }: Lease<AgentRecord>): RemoteDevice[] {
    const { protocol, version, draining } = value;
    if (protocol !== PROTOCOL || version !== this.#version) {
      this.#tell(
        id,
        `agent ${name} is vae-sweep ${version}, and this is ${this.#version}: it is not used. Install the same there`,
      );
      return [];
    }
    const refusal = this.#refusals.get(id);
    const isAlone = refusal !== undefined && this.#now() < refusal.until;
    if (isAlone) this.#tellOf(name, id, refusal);
    return value.devices.map(({ label, slots, healthy, deviceClass, engine, trouble }) => ({
      label: `${name}/${label}`,
      slots,
      healthy: healthy && !isAlone && !draining,
      deviceClass,
      engine,
      trouble: isAlone ? refusal.cause : trouble,
      agent: { name, id },
      place: label,
    }));
  }

  /** Not of the first doubts, which may be a mistake, nor of one that ends, which tells so itself. */
  #tellOf(name: string, id: string, { troubles, lies, gaps, until, cause }: Refusal): void {
    if (lies > DOUBTED_MS.length)
      this.#tell(id, `agent ${name} is used no more: three times it told what can't be true. Start it anew there`);
    else if (gaps >= MOST_GAPS)
      this.#tell(id, `agent ${name} is used no more: ${gaps} times in a row its reports did not all arrive`);
    else if (Math.max(troubles, gaps) >= MOST_TROUBLES && until < Infinity)
      this.#tell(id, `agent ${name} is left alone for ${ALONE_MS / 60_000} min: ${cause}`);
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
