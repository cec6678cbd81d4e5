import koffi from 'koffi';
import { nativeLibrary, type Handle } from './native-library.ts';
import { DATA_TYPE, type DataType } from './onnx/graph.ts';

/** An input or output of a graph, and where in the memory it lies. */
export interface Bound {
  readonly name: string;
  readonly type: DataType;
  readonly shape: readonly number[];
  /** Bytes from the memory's start. */
  readonly offset: number;
  readonly bytes: number;
}

/** Enumerations of the C API. */
const [FATAL, ALL_OPTIMIZATIONS, ARENA, DEFAULT_MEMORY] = [4, 99, 1, 0] as const;

let environment: Handle | undefined;
let memoryInfo: Handle | undefined;

/** A session on the processor, one thread, whose inputs and outputs lie at fixed places of one memory. */
export class NativeSession {
  readonly #library = nativeLibrary();
  readonly #session: Handle;
  readonly #tensors: readonly Handle[];
  readonly #run: () => void;

  /** `memory` must not grow. Throws the library's words where the graph is wrong. */
  constructor(model: Uint8Array, memory: ArrayBuffer, inputs: readonly Bound[], outputs: readonly Bound[]) {
    const library = this.#library;
    environment ??= library.make('createEnvironment', FATAL, 'vae-sweep');
    memoryInfo ??= library.make('createMemoryInfo', ARENA, DEFAULT_MEMORY);
    this.#session = createSession(model, environment);
    const base = koffi.address(new Uint8Array(memory));
    const tensorOf = ({ type, shape, offset, bytes }: Bound): Handle => {
      const dimensions = BigInt64Array.from(shape, BigInt);
      const address = base + BigInt(offset);
      return library.make('createTensor', memoryInfo, address, bytes, dimensions, shape.length, DATA_TYPE[type]);
    };
    const [given, made] = [inputs.map(tensorOf), outputs.map(tensorOf)];
    this.#tensors = [...given, ...made];
    const [givenNames, madeNames] = [new Names(inputs), new Names(outputs)];
    const [givenHandles, madeHandles] = [addresses(given), addresses(made)];
    this.#run = () =>
      library.call(
        'run',
        this.#session,
        null,
        givenNames.addresses,
        givenHandles,
        given.length,
        madeNames.addresses,
        made.length,
        madeHandles,
      );
  }

  /** Computes the outputs of what lies in the memory. */
  run(): void {
    this.#run();
  }

  /** Frees its native memory; it can't run any more. */
  release(): void {
    for (const tensor of this.#tensors) this.#library.release('tensor', tensor);
    this.#library.release('session', this.#session);
  }
}

function createSession(model: Uint8Array, environment: Handle): Handle {
  const library = nativeLibrary();
  const options = library.make('createOptions');
  try {
    // As createSession of session.ts sets them for the binding, which says why.
    library.call('disableMemoryPattern', options);
    library.call('setThreads', options, 1);
    library.call('setOptimization', options, ALL_OPTIMIZATIONS);
    return library.make('createSession', environment, model, model.length, options);
  } finally {
    library.release('options', options);
  }
}

/** C strings, and where they lie; they stay there as long as this is held. */
class Names {
  readonly #strings: readonly Buffer[];
  readonly addresses: BigUint64Array;

  constructor(bound: readonly Bound[]) {
    this.#strings = bound.map(({ name }) => Buffer.from(`${name}\0`));
    this.addresses = addresses(this.#strings.map((string) => koffi.address(string)));
  }
}

function addresses(handles: readonly Handle[]): BigUint64Array {
  return BigUint64Array.from(handles, (handle) => handle!);
}
