import type { EngineChoice } from '../../executor/protocol.ts';

/** Why ONNX Runtime could not start on a provider, with what to install; its own message names source files instead. */
export function explainFailure(provider: EngineChoice['provider'], error: unknown): Error {
  const reason = error instanceof Error ? error.message : String(error);
  const explanation =
    provider === 'cuda' && /shared library|load library/i.test(reason)
      ? "ONNX Runtime's CUDA libraries are not installed: ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install, with CUDA 12 and cuDNN 9 on the machine"
      : provider === 'webgpu' && /adapter/i.test(reason)
        ? "no WebGPU adapter: it needs the Vulkan loader (libvulkan1) and the GPU's Vulkan driver"
        : reason;
  return new Error(explanation, { cause: error });
}
