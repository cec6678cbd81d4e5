import type { EngineChoice } from '../choice.ts';

/** Why ONNX Runtime could not start on a provider, in the user's words; its own message names its source files. */
export function explainFailure(provider: EngineChoice['provider'], error: unknown): Error {
  const reason = error instanceof Error ? error.message : String(error);
  const explanation =
    provider === 'cuda' && /shared library|load library/i.test(reason)
      ? "ONNX Runtime's CUDA libraries are not installed"
      : provider === 'webgpu' && /adapter/i.test(reason)
        ? 'no WebGPU adapter: Vulkan finds no driver, or none that will do'
        : reason;
  return new Error(explanation, { cause: error });
}
