import { main } from '../../src/cli/main.ts';

/**
 * Runs a command line in this process: what it answers, and how it ends. A tenth of the time that a process takes, for
 * tests that ask often. One at a time.
 */
export async function command(...argv: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' };
  const originals = { stdout: process.stdout.write, stderr: process.stderr.write };
  for (const stream of ['stdout', 'stderr'] as const) {
    process[stream].write = (chunk: string | Uint8Array): boolean => {
      written[stream] += String(chunk);
      return true;
    };
  }
  try {
    return { code: await main(argv), ...written };
  } finally {
    process.stdout.write = originals.stdout;
    process.stderr.write = originals.stderr;
  }
}

/** A command's answer to `--json`. */
export async function answer(...argv: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await command(...argv, '--json');
  if (code !== 0) throw new Error(`sweep ${argv.join(' ')}: exit ${code}: ${stderr}`);
  return JSON.parse(stdout) as unknown;
}
