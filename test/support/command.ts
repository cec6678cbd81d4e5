import { vi } from 'vitest';
import { main } from '../../src/cli/main.ts';

/**
 * Runs a command line in this process: what it answers, and how it ends. A tenth of the time that a process takes, for
 * tests that ask often. One at a time.
 */
export async function command(...argv: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' };
  const names = ['stdout', 'stderr'] as const;
  const listeners = names.map((name) => process[name].listeners('error'));
  const streams = names.map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      written[name] += String(chunk);
      return true;
    }),
  );
  // By which yargs prints its help; vitest keeps it for itself.
  const log = vi.spyOn(console, 'log').mockImplementation((text) => (written.stdout += `${String(text)}\n`));
  try {
    const code = await main(argv);
    return { code, ...written };
  } finally {
    for (const stream of [...streams, log]) stream.mockRestore();
    // Those of this command would add up.
    for (const [index, name] of names.entries()) {
      const added = process[name].listeners('error').filter((listener) => !listeners[index]!.includes(listener));
      for (const listener of added) process[name].removeListener('error', listener as () => void);
    }
  }
}

/** A command's answer to `--json`. */
export async function answer(...argv: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await command(...argv, '--json');
  if (code !== 0) throw new Error(`sweep ${argv.join(' ')}: exit ${code}: ${stderr}`);
  return JSON.parse(stdout) as unknown;
}
