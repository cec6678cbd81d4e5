import type { Architecture } from '../architecture.ts';
import { conv } from './conv.ts';
import { mlp } from './mlp.ts';

/** The first is the default. */
export const ARCHITECTURES: readonly Architecture[] = [mlp, conv];
