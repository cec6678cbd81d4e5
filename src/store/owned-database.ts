import type Database from 'better-sqlite3';
import { SweepError } from '../errors.ts';
import { fileId } from './file-id.ts';
import type { SweepLock } from './lock.ts';
import { explaining } from './store-error.ts';

/** Who runs a sweep: no two runs agree in all three. */
interface Owner {
  readonly host: string | null;
  readonly pid: number | null;
  readonly started_at: string;
}

/** The database as the one coordinator of a sweep has it: nothing is written once another one may. */
export class OwnedDatabase implements Disposable {
  readonly db: Database.Database;
  readonly #lock: SweepLock;
  readonly #sweepName: string;
  readonly #fileId: string | undefined;
  readonly #owner: Database.Statement<[sweepKey: number], Owner>;
  #sweepKey: number | undefined;
  /** What this coordinator wrote into the sweep's row, so that it knows it from another one's. Undefined between runs. */
  #run: Owner | undefined;

  /** Takes over the connection and the lock. */
  constructor(db: Database.Database, lock: SweepLock, sweepName: string) {
    this.db = db;
    this.#lock = lock;
    this.#sweepName = sweepName;
    this.#fileId = fileId(db.name);
    this.#owner = db.prepare('SELECT host, pid, started_at FROM sweeps WHERE key = ?');
    this.#sweepKey = db.prepare<[name: string], number>('SELECT key FROM sweeps WHERE name = ?').pluck().get(sweepName);
  }

  /** Undefined until the sweep's first plan is saved. */
  get knownSweep(): number | undefined {
    return this.#sweepKey;
  }

  get sweep(): number {
    if (this.#sweepKey === undefined) throw new Error(`Sweep ${this.#sweepName} has no plan yet`);
    return this.#sweepKey;
  }

  /** The sweep's row says from now on who runs it. */
  beginRun(sweepKey: number): void {
    this.#sweepKey = sweepKey;
    this.#run = this.#owner.get(sweepKey);
  }

  endRun(): void {
    this.#run = undefined;
  }

  read<T>(action: () => T): T {
    return explaining(this.db.name, action);
  }

  /** One durable transaction, rolled back by any error; within another one, a part of it. */
  write<T>(action: () => T): T {
    if (this.db.inTransaction) return action();
    const file = this.db.name;
    return explaining(file, () => {
      // SQLite goes on writing to a file that lost its name, where nobody would find the results.
      if (fileId(file) !== this.#fileId) {
        throw new SweepError(
          'STORE_UNREADABLE',
          `${file} was moved, replaced or removed while the sweep ran, so nothing more is recorded. ` +
            'Put it back, then run the sweep again: it goes on from the checkpoints.',
        );
      }
      this.#lock.check();
      return this.db
        .transaction(() => {
          this.#checkOwner();
          return action();
        })
        .immediate();
    });
  }

  [Symbol.dispose](): void {
    this.db.close();
    this.#lock[Symbol.dispose]();
  }

  /** A lock that was lost and found again says nothing of who came between; the sweep's row does. */
  #checkOwner(): void {
    const mine = this.#run;
    if (mine === undefined) return;
    const owner = this.#owner.get(this.sweep);
    if (owner?.started_at === mine.started_at && owner.host === mine.host && owner.pid === mine.pid) return;
    const other = owner?.host === null || owner === undefined ? '' : ` (process ${owner.pid} on ${owner.host})`;
    throw new SweepError(
      'STORE_LOCKED',
      `${this.db.name}: another coordinator${other} has taken over sweep ${this.#sweepName}, as happens when its lock ` +
        'file is removed; this one ends and records nothing more. Follow the other one with `sweep status`.',
    );
  }
}
