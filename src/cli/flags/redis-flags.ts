import { readFileSync } from 'node:fs';
import type { Argv } from 'yargs';
import { messageOf, SweepError } from '../../errors.ts';
import { OWN_FLAGS, type GlobalFlags } from './flags.ts';

export interface RedisFlags extends GlobalFlags {
  readonly redis: string | undefined;
  readonly 'redis-password-file': string | undefined;
}

export function withRedis<Flags extends GlobalFlags>(yargs: Argv<Flags>, describe: string) {
  return yargs
    .option('redis', {
      group: OWN_FLAGS,
      type: 'string',
      requiresArg: true,
      describe,
    })
    .option('redis-password-file', {
      group: OWN_FLAGS,
      type: 'string',
      requiresArg: true,
      describe: 'File with its password; else $SWEEP_REDIS_PASSWORD',
    });
}

/**
 * Undefined where none is named. Who else is on this machine reads command lines, so no password stands there.
 * @throws SweepError USAGE
 */
export function redisAddress(flags: RedisFlags): { url: string; password?: string } | undefined {
  const { redis: url } = flags;
  if (!url) return undefined;
  if (!URL.canParse(url) || !/^rediss?:$/.test(new URL(url).protocol)) {
    throw new SweepError('USAGE', '--redis takes redis://HOST:PORT, or rediss://HOST:PORT with TLS.');
  }
  if (new URL(url).password !== '') {
    throw new SweepError(
      'USAGE',
      'A password on a command line can be read by everybody on this machine: put it into SWEEP_REDIS_PASSWORD, or into a ' +
        'file and name that with --redis-password-file.',
    );
  }
  const file = flags['redis-password-file'];
  const password = file ? readPassword(file) : process.env['SWEEP_REDIS_PASSWORD'];
  return { url, ...(password && { password }) };
}

function readPassword(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new SweepError('USAGE', `The password of Redis can't be read: ${messageOf(error)}`);
  }
}
