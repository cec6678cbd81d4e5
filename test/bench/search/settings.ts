/** What the case `search` and the record of Optuna's runs share. */
import { fileURLToPath } from 'node:url';
import { PROBLEMS as FUNCTIONS, type Problem } from '../../search/problems.ts';
import { vaeTable } from './vae-table.ts';

export const PROBLEMS: readonly Problem[] = [...FUNCTIONS, vaeTable()];
/** Not those that the samplers' constants were chosen on, which are from 5000 on. */
export const SEEDS = Array.from({ length: 30 }, (_, i) => i);
export const TRIALS = 100;
/** Trials open at a time: proposal i knows the results of all trials but the last so many, less one. */
export const IN_FLIGHT = [1, 8];
/** Optuna's, at their best in these settings: TPE multivariate, group, constant liar. */
export const PEERS = ['random', 'tpe', 'cmaes'];

export function optunaFile({ name }: Problem): string {
  return fileURLToPath(new URL(`optuna/${name}.csv`, import.meta.url));
}
