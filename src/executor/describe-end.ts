import { processLimit } from './process-limits.ts';

const GIBIBYTE = 2 ** 30;
/** Signals that V8, libuv and the C++ library end a process with when they can't go on. */
const GIVES_UP = /^SIG(ABRT|TRAP|ILL)$/;

/** How a process ended that sweep didn't end. */
export interface ProcessDeath {
  readonly pid: number | undefined;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The line of its output that most likely says why. */
  readonly reason: string | undefined;
  /** It had said that it can take trials. */
  readonly wasReady: boolean;
}

/** In words, with what the machine may lack and what to do about it. */
export function describeEnd(death: ProcessDeath): string {
  const { pid, code, signal, reason } = death;
  const how = signal === null ? `exited with code ${code ?? '?'}` : `was ended by ${signal}`;
  const parts = [`the device process (pid ${pid ?? '?'}) ${how}`, reason, lack(death)];
  return parts.filter((part) => part !== undefined).join(': ');
}

function lack({ signal, reason, wasReady }: ProcessDeath): string | undefined {
  if (signal === 'SIGKILL') {
    return 'another program killed it, or the system did because memory ran short; fewer --slots or a smaller batch_size need less';
  }
  if (signal === null || !GIVES_UP.test(signal)) return undefined;
  const space = Math.min(processLimit('Max address space'), processLimit('Max data size'));
  if (space !== Infinity) {
    return (
      `the ${(space / GIBIBYTE).toFixed(1)} GiB that a process may use here are perhaps too few. ` +
      'Raise the limit (`ulimit -v unlimited -d unlimited`; 8 GiB do for small models) or give fewer --slots'
    );
  }
  if (wasReady || reason !== undefined) return undefined;
  return 'perhaps no more threads may be started here (`ulimit -u`, or the limit of a container)';
}
