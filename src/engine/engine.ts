/**
 * An engine runs tensor programs. The one kind of program is the scan: a step, written once in TF.js operations,
 * applied to a sequence of inputs while a state is carried along. Training, evaluation and decoding are all scans.
 *
 * Two implementations: `compiled/` traces the step to an ONNX graph and runs it natively; `eager/` runs it operation by
 * operation on a TF.js backend. The same suite (test/engine/conformance.ts) holds both to the same numbers.
 */
import type { Tensor } from '@tensorflow/tfjs';
import type { EngineChoice } from './choice.ts';

export interface TensorSpec {
  readonly shape: readonly number[];
  readonly type?: 'float32' | 'uint8';
}
export type TensorSpecs = Readonly<Record<string, TensorSpec>>;
export type Tensors = Readonly<Record<string, Tensor>>;
/** Not in memory that threads share, which ONNX Runtime refuses. */
export type Arrays = Readonly<Record<string, Float32Array | Uint8Array>>;

export interface ScanProgram {
  /** Programs with equal keys are equal: an engine compiles one of them. */
  readonly key: string;
  /** Carried from each step to the next; float32. */
  readonly state: TensorSpecs;
  /** The same at every step. */
  readonly constants: TensorSpecs;
  /** Shape of one step's slice; `Scan.run` takes them stacked along a new leading axis. */
  readonly steps: TensorSpecs;
  /**
   * One step. Pure: only TF.js operations on its arguments. Returns the next state, with the shapes of the current one,
   * and this step's outputs.
   */
  readonly body: (state: Tensors, constants: Tensors, step: Tensors) => { state: Tensors; outputs: Tensors };
}

export interface ScanInputs {
  /** Number of steps, at least 1. */
  readonly count: number;
  readonly state: Arrays;
  readonly constants: Arrays;
  readonly steps: Arrays;
}

/** New arrays, each in a buffer of its own, which the engine does not touch again. */
export interface ScanResult {
  readonly state: Readonly<Record<string, Float32Array>>;
  /** Each output of the body, stacked: [count, …shape], row-major. */
  readonly outputs: Readonly<Record<string, Float32Array>>;
}

export interface Scan {
  /**
   * Applies the body `count` times. Inputs are left unchanged. Equal inputs give equal bits, however a run is cut.
   * One run of a scan at a time.
   */
  run(inputs: ScanInputs): Promise<ScanResult>;
}

export interface Engine {
  readonly choice: EngineChoice;
  /** The library that computes, and its version. */
  readonly library: string;
  prepare(program: ScanProgram): Promise<Scan>;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** The input of this name, which the caller must have given. */
export function inputArray(arrays: Arrays, name: string): Arrays[string] {
  const data = arrays[name];
  if (!data) throw new Error(`the program needs an input ${name}`);
  return data;
}

export function mapValues<V, W>(
  object: Readonly<Record<string, V>>,
  map: (value: V, name: string) => W,
): Record<string, W> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value, name)]));
}
