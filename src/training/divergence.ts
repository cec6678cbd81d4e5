/** What is told of a trial whose figures stopped being finite: where, which term first, what was finite last, what helps. */
import type { TrialOutcome } from '../trial/outcome.ts';
import { formatNumber } from '../text/format-number.ts';
import { clippingAdvice } from '../trial/clipping-advice.ts';
import type { TrainSettings } from '../trial/trial.ts';

/** The two terms of the loss, nats per image. */
export interface LossTerms {
  readonly reconstruction: number;
  readonly kl: number;
}

export interface Divergence {
  /** Optimiser steps since the trial's start, this one included. */
  readonly step: number;
  /** 1-based. */
  readonly epoch: number;
  /** What is not finite, e.g. `the KL is infinite`. */
  readonly what: string;
  /** What still was, e.g. `at step 213 still reconstruction 312.40, KL 9.10e8`. */
  readonly finite: string | undefined;
}

export type Diverged = Extract<TrialOutcome, { kind: 'diverged' }>;

/** `step 214 (epoch 3): the KL is infinite; at step 213 still …; usually helps: a third of the learning_rate, or …`. */
export function diverged({ step, epoch, what, finite }: Divergence, train: TrainSettings): Diverged {
  const message = [
    `step ${step} (epoch ${epoch}): ${what}`,
    ...(finite === undefined ? [] : [finite]),
    `usually helps: ${advice(step, train)}`,
  ].join('; ');
  return { kind: 'diverged', message };
}

/** Adam's first steps are as long as the learning rate, however short the gradient: clipping does nothing for them. */
const FIRST_STEPS = 20;

function advice(step: number, train: TrainSettings): string {
  if (step <= FIRST_STEPS) return 'a tenth of the learning_rate';
  return `a third of the learning_rate, or ${clippingAdvice(train)}`;
}

/**
 * `the KL is infinite`, of the first that isn't finite; undefined while all are. The KL goes before the reconstruction: it
 * follows from the encoder alone, the reconstruction from what the encoder gave.
 */
function nonFiniteIn(values: Readonly<Record<string, number>>): string | undefined {
  const found = Object.entries(values).find(([, value]) => !Number.isFinite(value));
  return found && `${found[0]} is ${Number.isNaN(found[1]) ? 'NaN' : 'infinite'}`;
}

export function nonFiniteTerm({ reconstruction, kl }: LossTerms): string | undefined {
  return nonFiniteIn({ 'the KL': kl, 'the reconstruction': reconstruction });
}

/** Of an evaluation's metrics, those that others are sums of come first. */
export function nonFiniteMetric(metrics: Readonly<Record<string, number>>): string | undefined {
  const parts = ['/kl', '/reconstruction'].flatMap((part) => {
    return Object.entries(metrics).filter(([name]) => name.endsWith(part));
  });
  return nonFiniteIn({ ...Object.fromEntries(parts), ...metrics });
}

/** `reconstruction 312.40, KL 9.10e8`. */
export function describeLoss({ reconstruction, kl }: LossTerms): string {
  return `reconstruction ${formatNumber(reconstruction, 2)}, KL ${formatNumber(kl, 2)}`;
}

/** A plain loop: it passes over millions of numbers each epoch. */
export function areFinite(arrays: Readonly<Record<string, Float32Array>>): boolean {
  for (const values of Object.values(arrays)) {
    for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  }
  return true;
}
