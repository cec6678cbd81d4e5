import type { Panel } from '../panel.ts';
import { labels } from './labels.ts';
import { interpolations } from './interpolations.ts';
import { reconstructions } from './reconstructions.ts';
import { samples } from './samples.ts';
import { scatter } from './scatter.ts';
import { traversals } from './traversals.ts';
import { worst } from './worst.ts';

/** The first is the default. */
export const PANELS: readonly [Panel, ...Panel[]] = [
  reconstructions,
  samples,
  labels,
  traversals,
  interpolations,
  scatter,
  worst,
];
