import type { ConfigId, TrialId, TrialPlan } from '../../trial/trial.ts';

type Trial = Pick<TrialPlan, 'id' | 'configId'>;

interface Course {
  /** After which epoch its trials pause or end, as far as that is counted. */
  readonly until: Map<TrialId, number>;
  readonly completed: Set<TrialId>;
  /** Are trained to their last epoch now. */
  readonly ending: Set<TrialId>;
  /** Have ended without a result: it comes to none. */
  readonly lost: Set<TrialId>;
  /** Of `until`, over its trials. */
  epochs: number;
}

/**
 * How many epochs bring one configuration of a sweep to its end, beyond those that are counted: so many are kept until one
 * is complete. One that is on its way there is no help to others, since it may diverge.
 */
export class RoomToFinish {
  readonly #seeds: number;
  readonly #courses = new Map<ConfigId, Course>();
  /** Of each trial that is known. */
  readonly #of = new Map<TrialId, Course>();
  /** How many configurations could be brought to their ends, by the epochs that they have. */
  readonly #candidates = new Map<number, number>();
  /** Some configuration is complete: nothing needs to be kept any more. */
  isDone = false;

  /** `seeds`: how many trials a configuration has. */
  constructor(seeds: number) {
    this.#seeds = seeds;
  }

  take({ id, configId }: Trial, epoch: number): void {
    if (this.#of.has(id)) return;
    let course = this.#courses.get(configId);
    if (course === undefined) {
      course = { until: new Map(), completed: new Set(), ending: new Set(), lost: new Set(), epochs: 0 };
      this.#courses.set(configId, course);
      this.#count(course, 1);
    }
    this.#of.set(id, course);
    this.goesTo(id, epoch, false);
  }

  /** It is trained to this epoch, or waits after it. */
  goesTo(trial: TrialId, epoch: number, isLast: boolean): void {
    this.#change(trial, (course) => {
      course.epochs += epoch - (course.until.get(trial) ?? 0);
      course.until.set(trial, epoch);
      if (isLast) course.ending.add(trial);
      else course.ending.delete(trial);
    });
  }

  complete(trial: TrialId): void {
    this.#change(trial, (course) => {
      course.ending.delete(trial);
      course.completed.add(trial);
      this.isDone ||= course.completed.size === this.#seeds;
    });
  }

  lose(trial: TrialId): void {
    this.#change(trial, (course) => {
      course.ending.delete(trial);
      course.lost.add(trial);
    });
  }

  /**
   * The fewest that are lacking once `trial` is trained to `epoch`, of `epochs`. `others` may finish besides its own
   * configuration: those that are known, also some that nobody knows yet, or none that is sure.
   */
  fewestAfter(trial: Trial, epoch: number, epochs: number, others: 'known' | 'may come' | 'none'): number {
    if (this.isDone) return 0;
    const course = this.#courses.get(trial.configId);
    const own =
      course !== undefined && course.lost.size > 0
        ? []
        : [(course?.epochs ?? 0) + epoch - (course?.until.get(trial.id) ?? 0)];
    const known = others === 'none' ? [] : this.#candidates.keys();
    const most = Math.max(...own, ...known, others === 'known' ? -Infinity : 0);
    return most === -Infinity ? 0 : this.#seeds * epochs - most;
  }

  /** One that nobody knows makes no difference. */
  #change(trial: TrialId, change: (course: Course) => void): void {
    const course = this.#of.get(trial);
    if (course === undefined) return;
    this.#count(course, -1);
    change(course);
    this.#count(course, 1);
  }

  #count({ epochs, ending, lost }: Course, by: 1 | -1): void {
    if (ending.size > 0 || lost.size > 0) return;
    const count = (this.#candidates.get(epochs) ?? 0) + by;
    if (count > 0) this.#candidates.set(epochs, count);
    else this.#candidates.delete(epochs);
  }
}
