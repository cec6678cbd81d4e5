/** Entry of a device process: one per device, started by the coordinator (src/executor/device-process.ts). */

// A batch system signals the whole job. What that means for the trials is the coordinator's decision. At once, since
// all else takes a while to load, and Node answers SIGUSR1 by opening its inspector.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGUSR1', 'SIGUSR2', 'SIGTERM'] as const)
  process.on(signal, () => undefined);

const { hostDevice } = await import('../src/executor/device-host.ts');
hostDevice();
