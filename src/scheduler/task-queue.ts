import type { Holder } from '../store/store.ts';
import type { Clock } from './clock.ts';
import { Lane } from './lane.ts';
import type { Source } from './sources/source.ts';
import type { Task } from './task.ts';

type DeviceClass = Task['deviceClass'];

/**
 * Tasks that wait: for a slot in the order of their source, behind all of these those that were laid aside until a timer
 * ended, and as suspects last. Those that no free slot may take let others pass. It does a constant amount of work for
 * each, however many wait.
 */
export class TaskQueue {
  readonly #clock: Clock;
  readonly #source: Source<Task>;
  readonly #onReturn: () => void;
  readonly #lanes = new Map<DeviceClass, Lane>();
  #came = 0;
  #isStarved = false;
  readonly #suspects = new Set<Task>();
  readonly #aside = new Map<Task, { readonly cancel: () => void; readonly heldBy: Holder | undefined }>();

  /** `onReturn` hears when a task that was laid aside waits for a slot again. */
  constructor(clock: Clock, source: Source<Task>, onReturn: () => void) {
    this.#clock = clock;
    this.#source = source;
    this.#onReturn = onReturn;
  }

  /** Tasks that wait for a slot, but not those that a source has yet to find. */
  get waiting(): number {
    return (this.isStarved ? 0 : this.#source.left) + this.#inHand;
  }

  /** All that wait, also for a timer. */
  get size(): number {
    return this.#source.left + this.#inHand + this.#aside.size;
  }

  /** The source has more to come, and had none when it was asked last. */
  get isStarved(): boolean {
    return this.#isStarved && this.#source.left > 0;
  }

  /** Only its source can go on, and doesn't. */
  get isStuck(): boolean {
    return this.isStarved && this.size === this.#source.left;
  }

  /** How many are known to wait for a slot of each class. */
  get waitingByClass(): ReadonlyMap<DeviceClass, number> {
    const counts = new Map([...this.#lanes].map(([deviceClass, { length }]) => [deviceClass, length]));
    for (const { deviceClass } of this.#suspects) counts.set(deviceClass, (counts.get(deviceClass) ?? 0) + 1);
    return counts;
  }

  get #inHand(): number {
    return [...this.#lanes.values()].reduce((sum, { length }) => sum + length, this.#suspects.size);
  }

  /** Who has the tasks that were laid aside because of them: one holder for each of these tasks. */
  get holders(): Holder[] {
    return [...this.#aside.values()].flatMap(({ heldBy }) => heldBy ?? []);
  }

  add(task: Task): void {
    if (task.isSuspect) this.#suspects.add(task);
    else this.#laneOf(task.deviceClass).return({ task, place: this.#came++ });
  }

  layAside(task: Task, forMs: number, heldBy?: Holder): void {
    const cancel = this.#clock.setTimer(forMs, () => {
      this.#aside.delete(task);
      this.add(task);
      this.#onReturn();
    });
    this.#aside.set(task, { cancel, heldBy });
  }

  /**
   * Those that wait for a slot, who stay there; `hasRoomFor` is asked before each which classes could begin. The source is
   * asked for one more only when that is wanted.
   */
  *inOrder(hasRoomFor: (deviceClass: DeviceClass) => boolean): Generator<Task, void> {
    const given = new Map<Lane, number>();
    let hasMore = true;
    for (;;) {
      const open = [...this.#lanes].flatMap(([deviceClass, lane]) => {
        const first = hasRoomFor(deviceClass) ? lane.at(given.get(lane) ?? 0) : undefined;
        return first === undefined ? [] : [{ ...first, lane }];
      });
      const [first] = open.sort((a, b) => Number(a.isReturned) - Number(b.isReturned) || a.place - b.place);
      if (first?.isReturned !== false && hasMore) {
        hasMore = this.#draw();
        continue;
      }
      if (first === undefined) break;
      given.set(first.lane, (given.get(first.lane) ?? 0) + 1);
      yield first.task;
    }
    yield* this.#suspects;
  }

  /** Whether another one came. */
  #draw(): boolean {
    const task = this.#source.next();
    this.#isStarved = task === undefined;
    if (task === undefined) return false;
    if (task.isSuspect) this.#suspects.add(task);
    else this.#laneOf(task.deviceClass).draw({ task, place: this.#came++ });
    return true;
  }

  #laneOf(deviceClass: DeviceClass): Lane {
    let lane = this.#lanes.get(deviceClass);
    if (lane === undefined) this.#lanes.set(deviceClass, (lane = new Lane()));
    return lane;
  }

  /** Takes out what `inOrder` gave: of each class the first ones. */
  remove(tasks: readonly Task[]): void {
    const others = tasks.filter((task) => !this.#suspects.delete(task));
    for (const [deviceClass, { length }] of Map.groupBy(others, (task) => task.deviceClass)) {
      this.#laneOf(deviceClass).remove(length);
    }
  }

  forgetTimers(): void {
    for (const { cancel } of this.#aside.values()) cancel();
  }
}
