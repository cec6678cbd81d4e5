/**
 * The update of a scan's state, as far as it follows number by number, in one pass of WebAssembly. Operation by
 * operation Adam passes ten times over all weights, and is bound by memory; fused, it reads and writes everything once.
 */
import { sizeOf } from '../engine.ts';
import type { Traced } from './trace-backend.ts';
import * as wasm from './wasm.ts';

/** A place for floats in a memory: bytes from its start, and how many floats. */
export interface Place {
  readonly offset: number;
  readonly size: number;
}

/** Places one after another, each on cache lines of its own, so filled up to whole vectors. */
export class Layout {
  #end = 0;

  allocate(size: number): Place {
    return { offset: this.allocateBytes(4 * size), size };
  }

  /** Bytes from the memory's start. */
  allocateBytes(bytes: number): number {
    const offset = this.#end;
    this.#end += Math.ceil(bytes / 64) * 64;
    return offset;
  }

  /** Of all places. */
  get bytes(): number {
    return this.#end;
  }
}

/** `source` is to be written to `target`, where the state lies that it replaces. */
export interface Assignment {
  readonly target: Place;
  readonly source: Traced;
}

/** Where a value lies that is not computed here, for a loop over `size` numbers: the value has as many, or one. */
export type PlaceOf = (value: Traced, size: number) => Place;

/** Code for `wasm.compile`, and how many vector variables it needs. */
export interface Loops {
  readonly code: wasm.Code;
  readonly vectors: number;
}

/** Makes all assignments at once: whatever is read of the state is the state before. */
export function fuseUpdate(assignments: readonly Assignment[], placeOf: PlaceOf): Loops {
  const loops = groupByPlaces(assignments, placeOf).map((group) => fuseLoop(group, placeOf));
  return {
    code: loops.flatMap(({ code }) => code),
    vectors: Math.max(0, ...loops.map(({ vectors }) => vectors)),
  };
}

/** Assignments that share a place belong in one loop: it reads all it needs before it writes, and nothing twice. */
function groupByPlaces(assignments: readonly Assignment[], placeOf: PlaceOf): (readonly Assignment[])[] {
  let groups: { places: Set<Place>; assignments: readonly Assignment[] }[] = [];
  for (const assignment of assignments) {
    const { target, source } = assignment;
    let places = new Set([target]);
    for (const value of schedule([source], target.size)) {
      if (isArrayLeaf(value, target.size)) places.add(placeOf(value, target.size));
    }
    const sharing = groups.filter((group) => !group.places.isDisjointFrom(places));
    for (const group of sharing) places = places.union(group.places);
    const together = [...sharing.flatMap((group) => group.assignments), assignment];
    groups = [...groups.filter((group) => !sharing.includes(group)), { places, assignments: together }];
  }
  return groups.map((group) => group.assignments);
}

function fuseLoop(assignments: readonly Assignment[], placeOf: PlaceOf): Loops {
  const INDEX = 0;
  const size = assignments[0]!.target.size;
  const sources = assignments.map(({ source }) => source);
  const local = new Map(Array.from(schedule(sources, size), (value, i) => [value, i + 1]));
  const before: number[] = [];
  const body: number[] = [];
  for (const [value, variable] of local) {
    if (!isLeaf(value, size)) {
      for (const operand of value.operation!.operands) body.push(...wasm.get(local.get(operand)!));
      body.push(...INSTRUCTIONS[value.operation!.name]!, ...wasm.set(variable));
    } else if (isArrayLeaf(value, size)) {
      body.push(...wasm.get(INDEX), ...wasm.loadVector(placeOf(value, size).offset), ...wasm.set(variable));
    } else if (value.number !== undefined) {
      before.push(...wasm.constantEverywhere(value.number), ...wasm.set(variable));
    } else {
      before.push(...wasm.integer(0), ...wasm.loadEverywhere(placeOf(value, size).offset), ...wasm.set(variable));
    }
  }
  for (const { target, source } of assignments) {
    body.push(...wasm.get(INDEX), ...wasm.get(local.get(source)!), ...wasm.storeVector(target.offset));
  }
  const end = Math.ceil(size / wasm.LANES) * wasm.VECTOR_BYTES;
  const advance = [...wasm.get(INDEX), ...wasm.integer(wasm.VECTOR_BYTES), ...wasm.addIntegers, ...wasm.set(INDEX)];
  const more = [...wasm.get(INDEX), ...wasm.integer(end), ...wasm.lessUnsigned];
  const loop = wasm.repeatWhile([...body, ...advance, ...more]);
  return { code: [...before, ...wasm.integer(0), ...wasm.set(INDEX), ...loop], vectors: local.size };
}

/** Everything that is needed to compute `sources` over `size` numbers, operands first. */
function schedule(sources: readonly Traced[], size: number): Set<Traced> {
  const order = new Set<Traced>();
  const add = (value: Traced): void => {
    if (order.has(value)) return;
    if (!isLeaf(value, size)) value.operation!.operands.forEach(add);
    order.add(value);
  };
  sources.forEach(add);
  return order;
}

/** ONNX operators that are one vector instruction. */
const INSTRUCTIONS: Readonly<Record<string, wasm.Code>> = {
  Abs: wasm.vectorOperation.abs,
  Add: wasm.vectorOperation.add,
  Div: wasm.vectorOperation.div,
  Max: wasm.vectorOperation.max,
  Min: wasm.vectorOperation.min,
  Mul: wasm.vectorOperation.mul,
  Neg: wasm.vectorOperation.neg,
  Sqrt: wasm.vectorOperation.sqrt,
  Sub: wasm.vectorOperation.sub,
};

/** Whether a loop over `size` numbers can't compute the value itself, number by number. */
function isLeaf({ shape, type, operation }: Traced, size: number): boolean {
  if (sizeOf(shape) !== size || type !== 'float32' || !operation || !(operation.name in INSTRUCTIONS)) return true;
  return operation.operands.some((operand) => operand.type !== 'float32' || ![1, size].includes(sizeOf(operand.shape)));
}

/** A leaf with a number of its own for each one of the loop. */
function isArrayLeaf(value: Traced, size: number): boolean {
  return isLeaf(value, size) && value.number === undefined && sizeOf(value.shape) === size;
}
