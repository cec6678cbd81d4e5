import { vi } from 'vitest';
import { main } from '../../src/cli/main.ts';

/**
 * Runs a command line in this process: what it answers, and how it ends. A tenth of the time that a process takes, for
 * tests that ask often. One at a time.
 */
export async function command(...argv: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' };
  const streams = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      written[name] += String(chunk);
      return true;
    }),
  );
  try {
    const code = await main(argv);
    return { code, ...written };
  } finally {
    for (const stream of streams) stream.mockRestore();
  }
}

/** A command's answer to `--json`. */
export async function answer(...argv: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await command(...argv, '--json');
  if (code !== 0) throw new Error(`sweep ${argv.join(' ')}: exit ${code}: ${stderr}`);
  return JSON.parse(stdout) as unknown;
}
