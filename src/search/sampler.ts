import type { RandomStream } from '../random.ts';
import type { History } from './history.ts';
import type { Point } from './space.ts';
import type { Draws } from './draws.ts';

/** Proposes by what it has seen. It keeps nothing: the same history and stream give the same proposal. */
export interface Sampler {
  /** The next point, or undefined where `draws` finds no new one. `history` has at least one observation. */
  propose(draws: Draws, history: History, random: RandomStream): Point | undefined;
}
