/** Entry of a trial thread in a device process's pool: one job at a time. */
export { listEngines, loadImages, probeEngine, runJob } from '../src/executor/trial-thread.ts';
