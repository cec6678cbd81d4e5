/** What was taken so far: by the clock; and of processors, null where that is not known. */
export interface TimeTaken {
  readonly seconds: number;
  /** User and system time of the thread alone. Absent in checkpoints of earlier versions. */
  readonly cpuSeconds?: number | null;
}

/** Starts now, and goes on from what was taken before. Each call tells the whole. */
export function stopwatch({ seconds: before, cpuSeconds: cpuBefore = null }: TimeTaken): () => TimeTaken {
  const startedMs = performance.now();
  const startedCpu = threadCpuSeconds();
  return () => {
    const cpu = threadCpuSeconds();
    return {
      seconds: before + (performance.now() - startedMs) / 1000,
      cpuSeconds: cpu === null || startedCpu === null || cpuBefore === null ? null : cpuBefore + cpu - startedCpu,
    };
  };
}

/** Null before Node 23.9. */
function threadCpuSeconds(): number | null {
  const usage = (process as Partial<NodeJS.Process>).threadCpuUsage?.();
  return usage === undefined ? null : (usage.user + usage.system) / 1e6;
}
