import { readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import type { RedisAddress } from '../queue/redis.ts';

/** What a leader says of itself, again and again. Holds a password: its file is its owner's alone. */
export interface Beat {
  /** Of this process, so that no two beats are alike. */
  readonly leader: string;
  readonly count: number;
  readonly host: string;
  readonly pid: number;
  /** Which kernel and which processes `pid` is a number of; undefined where that can't be told. */
  readonly kernel?: string | undefined;
  /** Its Redis, once it answers. */
  readonly redis?: RedisAddress | undefined;
  /** It leads no more, and another need not wait. */
  readonly ended?: boolean | undefined;
  /** A person has stopped it, and so all that follow it now. */
  readonly stopped?: boolean | undefined;
  readonly done?: Done | undefined;
}

/** The plan that was run to its end, and what every process that was given it says then. */
export interface Done {
  readonly plan: string;
  readonly exitCode: 0 | 3;
}

/** By one rename, so that whoever reads has all of one beat. The file has one writer at a time. */
export function writeBeat(file: string, beat: Beat): string {
  const text = `${JSON.stringify(beat)}\n`;
  rmSync(`${file}.new`, { force: true });
  writeFileSync(`${file}.new`, text, { flag: 'wx', mode: 0o600 });
  renameSync(`${file}.new`, file);
  return text;
}

/** Empty where there is none. Opened anew each time, which on NFS asks the server. */
export function readBeatText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** Undefined for what is none. */
export function parseBeat(text: string): Beat | undefined {
  try {
    const beat = JSON.parse(text) as Beat;
    return typeof beat.leader === 'string' && typeof beat.pid === 'number' ? beat : undefined;
  } catch {
    return undefined;
  }
}

/** The same host name may stand for several containers, each with processes of its own. */
export function thisKernel(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${os.hostname()} ${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

/** Whether its process is known to be gone: one of this kernel's, that isn't there. */
export function isGone({ kernel, pid }: Beat): boolean {
  if (kernel === undefined || kernel !== thisKernel()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
