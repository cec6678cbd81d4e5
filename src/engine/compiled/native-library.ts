/**
 * The functions of ONNX Runtime's C API that a step needs. Its binding for Node makes a tensor of each input and copies
 * each output, at every step: an eighth of an MLP's. Here both lie where they are, and a step is one call.
 */
import koffi from 'koffi';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
// The binding first: it loads the library, which is then found loaded.
import './onnx-runtime.ts';

/** Address of an object of the library; null is none. */
export type Handle = bigint | null;

const HANDLE = 'void *';
/** Takes the address of what a function makes. */
const MADE = 'made';
/** Their places in `OrtApi` of onnxruntime_c_api.h, which only grows at its end, and what they are called with. */
const FUNCTIONS = {
  createEnvironment: [3, 'int', 'str', MADE],
  createSession: [8, HANDLE, HANDLE, 'size_t', HANDLE, MADE],
  run: [9, HANDLE, HANDLE, HANDLE, HANDLE, 'size_t', HANDLE, 'size_t', HANDLE],
  createOptions: [10, MADE],
  /** Which test/bench/step-profile.ts asks for. */
  enableProfiling: [14, HANDLE, 'str'],
  disableMemoryPattern: [17, HANDLE],
  setOptimization: [23, HANDLE, 'int'],
  setThreads: [24, HANDLE, 'int'],
  createTensor: [49, HANDLE, HANDLE, 'size_t', HANDLE, 'size_t', 'int', MADE],
  createMemoryInfo: [69, 'int', 'int', MADE],
} as const;
const RELEASES = { status: 93, session: 95, tensor: 96, options: 100 } as const;
const ERROR_MESSAGE = 2;
/** Any that has these functions; all have. */
const API_VERSION = 23;
const POINTER_BYTES = 8;

type Call = (...inputs: unknown[]) => unknown;

export interface NativeLibrary {
  /** Calls a function; throws what the library says is wrong. */
  readonly call: (name: keyof typeof FUNCTIONS, ...inputs: unknown[]) => void;
  /** As `call`, for functions whose last argument takes what they make. */
  readonly make: (name: keyof typeof FUNCTIONS, ...inputs: unknown[]) => Handle;
  readonly release: (what: keyof typeof RELEASES, handle: Handle) => void;
}

let loaded: NativeLibrary | undefined;

/** Loaded once a thread. */
export function nativeLibrary(): NativeLibrary {
  loaded ??= load();
  return loaded;
}

function load(): NativeLibrary {
  const base = koffi.load(libraryFile()).func('OrtGetApiBase', HANDLE, [])() as Handle;
  const functionOf = (address: Handle, result: string, inputs: readonly string[]): Call => {
    const type = koffi.proto(
      result,
      inputs.map((input) => (input === MADE ? koffi.out(koffi.pointer(HANDLE)) : input)),
    );
    return (...given) => koffi.call(address, type, ...given) as unknown;
  };
  const pointerAt = (address: Handle, place: number): Handle =>
    koffi.decode(address, place * POINTER_BYTES, HANDLE) as Handle;
  const api = functionOf(pointerAt(base, 0), HANDLE, ['uint32'])(API_VERSION) as Handle;
  const functions = Object.fromEntries(
    Object.entries(FUNCTIONS).map(([name, [place, ...inputs]]) => [
      name,
      functionOf(pointerAt(api, place), HANDLE, inputs),
    ]),
  ) as Record<keyof typeof FUNCTIONS, Call>;
  const releases = Object.fromEntries(
    Object.entries(RELEASES).map(([what, place]) => [what, functionOf(pointerAt(api, place), 'void', [HANDLE])]),
  ) as Record<keyof typeof RELEASES, Call>;
  const messageOf = functionOf(pointerAt(api, ERROR_MESSAGE), 'str', [HANDLE]);

  const call: NativeLibrary['call'] = (name, ...inputs) => {
    const status = functions[name](...inputs) as Handle;
    if (status === null) return;
    const message = messageOf(status) as string;
    releases.status(status);
    throw new Error(message);
  };
  return {
    call,
    make: (name, ...inputs) => {
      const place: [Handle] = [null];
      call(name, ...inputs, place);
      return place[0];
    },
    release: (what, handle) => void releases[what](handle),
  };
}

/** The binding's own file of this platform. */
function libraryFile(): string {
  const bin = path.join(path.dirname(fileURLToPath(import.meta.resolve('onnxruntime-node'))), '..', 'bin');
  const folder = path.join(bin, readdirSync(bin)[0]!, process.platform, process.arch);
  const name = readdirSync(folder).find((file) => /^(?:lib)?onnxruntime\.(?:so\.\d+|.*dylib|dll)$/.test(file));
  if (name === undefined) throw new Error(`ONNX Runtime's library is not in ${folder}`);
  return path.join(folder, name);
}
