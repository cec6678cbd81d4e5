/** One of the processes of a sweep `--together`: runs the options in argv to its end, and prints what it says and each event's type. */
import { runTogether, type TogetherOptions } from '../../src/run/run-together.ts';

const never = new AbortController().signal;
const options = JSON.parse(process.argv[2]!) as Omit<TogetherOptions, 'stop' | 'stopNow' | 'onLog'>;
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const { exitCode } = await runTogether({ ...options, stop: never, stopNow: never, onLog: print }, (event) =>
  print(event.type === 'log' ? event.message : JSON.stringify({ type: event.type })),
);
process.exitCode = exitCode;
