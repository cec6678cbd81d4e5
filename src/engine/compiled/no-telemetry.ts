/**
 * From 1.29 on ONNX Runtime tells its makers what it runs: the name of a session's model, a hash of its weights, and an id
 * of this machine that it keeps in the user's cache. This variable is read once, when the library is loaded. In a thread
 * `process.env` is a copy that the library doesn't see: a device process has it from its start (device-process.ts).
 */
process.env['ORT_DISABLE_TELEMETRY'] = '1';
