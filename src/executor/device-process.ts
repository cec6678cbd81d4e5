/** The coordinator's side of one device process. */
import { fork, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { diesWithParent } from './die-with-parent.ts';
import { DEVICE_ENTRY } from './modules.ts';
import { describeEnd } from './describe-end.ts';
import type { DeviceReport, DeviceRequest, DeviceSettings } from './device-protocol.ts';
import type { Device } from './devices.ts';
import type { LocalAttempt } from './local-attempt.ts';
import { OutputLines } from './output-lines.ts';
import { systemTimer, type SetTimer } from './timer.ts';
import type { EngineChoice } from '../engine/choice.ts';
import type { StopReason } from '../trial/outcome.ts';

const CLOSE_GRACE_MS = 2000;
/**
 * - The garbage of training is small objects that hold megabytes outside of the heap. A small space for young objects
 *   (the half of it, in MB, for each thread) lets the last results go sooner.
 * - A thread collects its own garbage: helpers would wait for a core, as all of them train, and training for the helpers.
 *   At once and not bit by bit, which waits for JavaScript that hardly runs here, while hundreds of megabytes pile up.
 * - Without its trap handler V8 reserves no gigabytes of address space for each memory of WebAssembly, which batch
 *   systems may limit. The checks it makes instead cost nothing that can be measured here.
 */
const NODE_FLAGS = [
  '--max-semi-space-size=2',
  '--single-threaded-gc',
  '--no-incremental-marking',
  '--disable-wasm-trap-handler',
];

export interface DeviceProcessOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly startTimeoutMs: number;
  /** By default the system's. */
  readonly setTimer?: SetTimer;
  /** Lines the process wrote. While engines are tried they are `debug`: what matters of them is in the reasons. */
  readonly onOutput: (level: 'debug' | 'info' | 'warn', line: string) => void;
}

/** How the start ended. `probing` names the engine that was being tried when the process died or fell silent. */
export type StartReport =
  | Extract<DeviceReport, { type: 'ready' | 'unusable' }>
  | {
      readonly type: 'died';
      readonly cause: string;
      readonly probing: EngineChoice | undefined;
      /** Another program, or the system, killed it: no engine's doing. */
      readonly wasKilled: boolean;
    };

export interface ProcessEnd {
  readonly cause: string;
  /** Jobs that were running; it is for the receiver to settle them. */
  readonly running: readonly LocalAttempt[];
}

export class DeviceProcess {
  /** Never rejects. */
  readonly started: Promise<StartReport>;
  /** Resolves when the process is gone and everything it sent has been delivered. Never rejects. */
  readonly ended: Promise<ProcessEnd>;
  /** Ticks of the watchdog since the process was last heard. */
  quietTicks = 0;
  readonly #child: ChildProcess;
  readonly #running = new Map<number, LocalAttempt>();
  readonly #started = Promise.withResolvers<StartReport>();
  readonly #ended = Promise.withResolvers<ProcessEnd>();
  #nextId = 1;
  #ready = false;
  #probing: EngineChoice | undefined;
  #killCause: string | undefined;

  constructor(device: Device, settings: DeviceSettings, options: DeviceProcessOptions) {
    this.started = this.#started.promise;
    this.ended = this.#ended.promise;
    const [execPath, ...before] = [...diesWithParent(), process.execPath];
    const child = fork(DEVICE_ENTRY, [], {
      // Its own process group: a terminal's Ctrl-C reaches the coordinator alone, which then decides.
      detached: true,
      serialization: 'advanced',
      execPath,
      execArgv: [...before, '--disable-warning=ExperimentalWarning', ...NODE_FLAGS],
      env: deviceEnvironment(device, options.env),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    if (child.pid === undefined) {
      // Where file handles have run out there are no pipes and no channel either.
      child.on('error', (error) => this.#end(`could not be started: ${error.message}`));
      return;
    }
    new OutputLines(child.stdout as Readable, (line) => options.onOutput(this.#ready ? 'info' : 'debug', line));
    const stderr = new OutputLines(child.stderr as Readable, (line) =>
      options.onOutput(this.#ready ? 'warn' : 'debug', line),
    );
    child.on('message', (report: DeviceReport) => this.#receive(report));
    // `close` comes after the last message and the last line of output; `exit` may come before them.
    child.on('close', (code, signal) => {
      const death = { pid: child.pid, code, signal, reason: stderr.reason, wasReady: this.#ready };
      this.#end(this.#killCause ?? describeEnd(death), this.#killCause === undefined && signal === 'SIGKILL');
    });
    // A signal or a message that could not be delivered; `close` tells of the process.
    child.on('error', () => undefined);
    const { setTimer = systemTimer } = options;
    const cancel = setTimer(options.startTimeoutMs, () => {
      this.kill(`gave no answer within ${options.startTimeoutMs / 1000} s`);
    });
    void this.started.then(cancel);
    this.#send({ type: 'start', settings });
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  get running(): Iterable<LocalAttempt> {
    return this.#running.values();
  }

  run(attempt: LocalAttempt): void {
    const id = this.#nextId++;
    this.#running.set(id, attempt);
    this.#send({ type: 'run', id, job: attempt.job });
  }

  stop(attempt: LocalAttempt, reason: StopReason): void {
    for (const [id, running] of this.#running) {
      if (running === attempt) this.#send({ type: 'stop', id, reason });
    }
  }

  /** Ends the process at once; `cause` is what its jobs are lost to. */
  kill(cause: string): void {
    this.#killCause ??= cause;
    this.#child.kill('SIGKILL');
  }

  /** Ends the process, politely where nothing runs, and resolves when it is gone. */
  async close(cause: string): Promise<void> {
    if (this.#running.size > 0) this.kill(cause);
    else this.#send({ type: 'shutdown' });
    const timeout = setTimeout(() => this.kill(cause), CLOSE_GRACE_MS);
    await this.ended;
    clearTimeout(timeout);
  }

  #receive(report: DeviceReport): void {
    this.quietTicks = 0;
    switch (report.type) {
      case 'probing':
        this.#probing = report.choice;
        break;
      case 'ready':
      case 'unusable':
        this.#ready = report.type === 'ready';
        this.#started.resolve(report);
        break;
      case 'news': {
        const attempt = this.#running.get(report.id);
        for (const news of report.news) {
          if ('event' in news) attempt?.deliver(news.event);
          else {
            this.#running.delete(report.id);
            attempt?.settle(news.outcome);
          }
        }
        break;
      }
      case 'heartbeat':
        break;
    }
  }

  #end(cause: string, wasKilled = false): void {
    this.#started.resolve({ type: 'died', cause, probing: this.#probing, wasKilled });
    this.#ended.resolve({ cause, running: [...this.#running.values()] });
  }

  #send(request: DeviceRequest): void {
    // A process that has gone can't be told anything; `ended` says so.
    if (this.#child.pid !== undefined) this.#child.send(request, () => undefined);
  }
}

/** Native code reads these once, at its first use of the device, so they are fixed before the process exists. */
function deviceEnvironment(device: Device, inherited: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    TF_CPP_MIN_LOG_LEVEL: '1',
    // glibc learns from large pieces that were freed to keep them, up to 32 MB each; above 4 MB they go back at once. A
    // worker needs a quarter less memory, and no trial more time.
    MALLOC_MMAP_THRESHOLD_: String(4 * 2 ** 20),
    ...inherited,
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    // An empty value hides every GPU.
    CUDA_VISIBLE_DEVICES: device.uuid ?? '',
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    // Products in 10 bits of mantissa, which some cards choose by themselves, would be other numbers than on a processor.
    NVIDIA_TF32_OVERRIDE: '0',
    // Parallelism is across trials: one thread each.
    OMP_NUM_THREADS: '1',
    OPENBLAS_NUM_THREADS: '1',
    // What ONNX Runtime would else send to its makers (engine/compiled/no-telemetry.ts): for all threads, before any loads it.
    ORT_DISABLE_TELEMETRY: '1',
  };
}
