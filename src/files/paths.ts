import path from 'node:path';
import { TRIAL_FILES, TrialFiles } from './trial-files.ts';

/** Every path under the results folder is made here and nowhere else. */
export class ResultsLayout {
  readonly root: string;
  /** The one database of all sweeps in this folder. */
  readonly database: string;
  /** `database`: for reading one that has another name. */
  constructor(root: string, database = path.join(root, 'sweeps.db')) {
    this.root = path.resolve(root);
    this.database = path.resolve(database);
  }
  sweep(name: string): string {
    return path.join(this.root, name);
  }
  /** SQLite file whose exclusive transaction marks the one coordinator of a sweep. Opened by store/lock.ts alone. */
  lock(name: string): string {
    return path.join(this.sweep(name), 'coordinator.lock');
  }
  /** What the names of files begin with by which processes of `--together` find each other; see src/together. */
  together(name: string): string {
    return path.join(this.sweep(name), 'together');
  }
  sweepLog(name: string): string {
    return path.join(this.sweep(name), 'sweep.log');
  }
  /** Where `sweep gallery` draws what the user gives no name for; one a panel. */
  gallery(name: string, panel: string): string {
    return path.join(this.sweep(name), `gallery-${panel}.png`);
  }
  /** The page of `sweep report --format html`, where no other file is named. */
  page(name: string): string {
    return path.join(this.sweep(name), 'report.html');
  }
  trial(name: string, trialId: string): string {
    return path.join(this.sweep(name), trialId);
  }
  files(name: string, trialId: string): TrialFiles {
    return new TrialFiles(this.trial(name, trialId));
  }
}

/** A path as short as it can be named from here: relative where it lies below. */
export function fromHere(file: string): string {
  const relative = path.relative('', file);
  return relative.startsWith('..') ? file : relative;
}

/** The name of the standard input where a spec's file is named; `-` on the command line. */
export const STDIN = '<stdin>';

/** Also with what follows these names: `sweeps.db-wal`, `coordinator.lock.json`, `weights.safetensors.tmp`. */
const OWN_FILES = ['sweeps.db', 'coordinator.lock', 'sweep.log', 'together', ...Object.values(TRIAL_FILES)];

/** Whether a file in a results folder is one that the tool itself keeps there, by its name. */
export function isOwnFile(file: string): boolean {
  const name = path.basename(file);
  return OWN_FILES.some((own) => name === own || name.startsWith(`${own}-`) || name.startsWith(`${own}.`));
}
