/** ONNX Runtime. The order matters: the library reads its environment when it is loaded. */
import './no-telemetry.ts';
export * from 'onnxruntime-node';
