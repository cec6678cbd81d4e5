import { registerConvKernels } from './conv.ts';
import { registerElementwiseKernels } from './elementwise.ts';
import { registerMatmulKernels } from './matmul.ts';
import { registerReduceKernels } from './reduce.ts';
import { registerShapeKernels } from './shape.ts';

let registered = false;

/** Makes the trace backend complete for what the programs in src/training use. Once per thread. */
export function registerKernels(): void {
  if (registered) return;
  registered = true;
  registerElementwiseKernels();
  registerShapeKernels();
  registerReduceKernels();
  registerMatmulKernels();
  registerConvKernels();
}
