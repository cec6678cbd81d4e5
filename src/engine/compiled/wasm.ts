/**
 * The few words of WebAssembly that fused loops need, as bytes (WebAssembly 2.0, chapter 5: binary format, with its
 * fixed-width vectors). Every engine of JavaScript compiles it to vector instructions, and its arithmetic is IEEE's, the
 * same on every processor.
 */
export type Code = readonly number[];

/** Numbers that one vector instruction handles, and their bytes. */
export const LANES = 4;
export const VECTOR_BYTES = 16;
const PAGE_BYTES = 65536;

const VECTOR = 0xfd;
/** log2 of the bytes by which addresses are aligned. */
const ALIGN_VECTOR = 4;
const ALIGN_FLOAT = 2;

const vector = (opcode: number): Code => [VECTOR, ...unsigned(opcode)];

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number): Code => [0x21, ...unsigned(local)];
export const integer = (value: number): Code => [0x41, ...signed(value)];
export const addIntegers: Code = [0x6a];
export const lessUnsigned: Code = [0x49];
/** Repeats `body` as long as it ends with a number other than 0. */
export const repeatWhile = (body: Code): Code => [0x03, 0x40, ...body, 0x0d, 0x00, 0x0b];

/** Vectors of LANES floats; addresses are the integer on the stack plus `offset`. */
export const loadVector = (offset: number): Code => [...vector(0x00), ALIGN_VECTOR, ...unsigned(offset)];
export const storeVector = (offset: number): Code => [...vector(0x0b), ALIGN_VECTOR, ...unsigned(offset)];
/** One float, in every lane. */
export const loadEverywhere = (offset: number): Code => [...vector(0x09), ALIGN_FLOAT, ...unsigned(offset)];
export const constantEverywhere = (value: number): Code => {
  const bytes = [...new Uint8Array(Float32Array.of(value).buffer)];
  return [...vector(0x0c), ...Array.from({ length: LANES }, () => bytes).flat()];
};

export const vectorOperation = {
  abs: vector(0xe0),
  neg: vector(0xe1),
  sqrt: vector(0xe3),
  add: vector(0xe4),
  sub: vector(0xe5),
  mul: vector(0xe6),
  div: vector(0xe7),
  min: vector(0xe8),
  max: vector(0xe9),
} as const;

export interface Compiled {
  readonly memory: ArrayBuffer;
  readonly run: () => void;
}

/**
 * Compiles `code` to a function on a memory of its own, zeros at first. Its first local is an integer, 0 at each call;
 * `vectors` more are vectors.
 */
export function compile(code: Code, vectors: number, memoryBytes: number): Compiled {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(memoryBytes / PAGE_BYTES) });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module(code, vectors)), { host: { memory } });
  return { memory: memory.buffer, run: exports['run']! };
}

/** A module that imports `host.memory` and exports the function `run`. */
function module(code: Code, vectors: number): Uint8Array<ArrayBuffer> {
  const [i32, v128, func] = [0x7f, 0x7b, 0x60];
  const body = [
    ...list([
      [1, i32],
      [...unsigned(vectors), v128],
    ]),
    ...code,
    0x0b,
  ];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [[func, 0, 0]]),
    ...section(2, [[...text('host'), ...text('memory'), 0x02, 0x00, 0]]),
    ...section(3, [[0]]),
    ...section(7, [[...text('run'), 0x00, 0]]),
    ...section(10, [[...unsigned(body.length), ...body]]),
  ]);
}

/** What this file needs of the global that TypeScript knows in browsers only. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Record<string, () => void> };
};

function section(id: number, items: readonly Code[]): Code {
  const content = list(items);
  return [id, ...unsigned(content.length), ...content];
}

function list(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function text(value: string): Code {
  return [...unsigned(value.length), ...new TextEncoder().encode(value)];
}

/** LEB128 of an integer in [0, 2³²). */
function unsigned(value: number): Code {
  const bytes = [];
  do {
    const rest = Math.floor(value / 128);
    bytes.push((value % 128) + (rest > 0 ? 128 : 0));
    value = rest;
  } while (value > 0);
  return bytes;
}

/** LEB128 of the 32 bits of `value`, as the signed integer that WebAssembly's constants are. */
function signed(value: number): Code {
  let rest = value | 0;
  const bytes = [];
  for (;;) {
    const bits = rest & 127;
    rest >>= 7;
    if ((rest === 0 && bits < 64) || (rest === -1 && bits >= 64)) return [...bytes, bits];
    bytes.push(bits + 128);
  }
}
