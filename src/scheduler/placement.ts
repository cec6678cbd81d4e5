import type { DeviceStatus } from '../executor/executor.ts';

/** An attempt that has a place, or looks for one. A suspect shares its device's process with no other job. */
export interface Placed {
  readonly isSuspect: boolean;
}

interface Place {
  readonly label: string;
  readonly slots: number;
  busy: number;
  /** By a suspect: the free slots stay free. */
  isTaken: boolean;
}

/** Which device takes the next job. A plain model of the devices: it starts nothing. */
export class Placement {
  readonly #places: Place[];

  /** `attempts` are on the devices. */
  constructor(devices: readonly DeviceStatus[], attempts: Iterable<Placed & { readonly device: string }>) {
    this.#places = devices
      .filter(({ healthy }) => healthy)
      .map(({ label, slots }) => ({ label, slots, busy: 0, isTaken: false }));
    for (const { device, isSuspect } of attempts) this.put({ isSuspect }, device);
  }

  /** Slots that a job without suspicion could have. */
  get free(): number {
    return this.#places.reduce((sum, { slots, busy, isTaken }) => sum + (isTaken ? 0 : Math.max(0, slots - busy)), 0);
  }

  /**
   * The device with the smallest share of busy slots, the first of equals; for a suspect one without any job, and rather
   * not `except`, where it was lost. Undefined when none can take it now.
   */
  find({ isSuspect }: Placed, except?: string): string | undefined {
    const open = this.#places.filter(({ slots, busy, isTaken }) => !isTaken && (isSuspect ? busy === 0 : busy < slots));
    if (isSuspect) return (open.find(({ label }) => label !== except) ?? open[0])?.label;
    return open.toSorted((a, b) => a.busy / a.slots - b.busy / b.slots)[0]?.label;
  }

  put({ isSuspect }: Placed, device: string): void {
    const place = this.#places.find(({ label }) => label === device);
    if (place === undefined) return;
    place.busy++;
    place.isTaken ||= isSuspect;
  }
}
