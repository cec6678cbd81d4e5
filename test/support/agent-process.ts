/** An agent in a process of its own: runs the options in argv until it is killed. */
import { runAgent, type AgentRunOptions } from '../../src/run/run-agent.ts';

const never = new AbortController().signal;
const options = JSON.parse(process.argv[2]!) as Omit<AgentRunOptions, 'stop' | 'stopNow' | 'onLog'>;
const onLog = (message: string): void => void process.stdout.write(`${message}\n`);
await runAgent({ ...options, stop: never, stopNow: never, onLog });
