/**
 * `npm run bench [-- CASE… --quick --data DIR]`: measures vae-sweep beside its peers. The table goes to stdout, progress
 * to stderr, every sample to results/<case>.json (with --quick to results/quick/, which git ignores).
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Bench, BenchCase, Measurement } from './bench-case.ts';
import { judge } from './judge.ts';
import { describeMachine, headerLines } from './machine.ts';
import { renderTable, type Row } from './table.ts';

/** In the order of the table; each is a file in cases/. */
const CASES = [
  'step-mlp',
  'step-conv',
  'step-sprites',
  'whole-sweep',
  'evaluation-share',
  'two-slots',
  'no-op-trials',
  'metric-rows',
  'resume',
  'status-report',
  'version',
  'coordinator-cpu',
  'device-memory',
  'worker-memory',
];
const RESULTS = fileURLToPath(new URL('results/', import.meta.url));
const SCRATCH = `${RESULTS}scratch/`;

const { positionals, values: flags } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, data: { type: 'string' } },
});
const names = positionals.length === 0 ? CASES : positionals;
const unknown = names.filter((name) => !CASES.includes(name));
if (unknown.length > 0) {
  say(`No case ${unknown.join(', ')}. There are: ${CASES.join(', ')}.`);
  process.exit(2);
}

await mkdir(SCRATCH, { recursive: true });
const scratch = await mkdtemp(SCRATCH);
const bench: Bench = {
  quick: flags.quick,
  dataDir: flags.data ?? process.env['SWEEP_DATA'],
  temporaryFolder: () => mkdtemp(`${scratch}/`),
};
const machine = await describeMachine();
print([
  ...headerLines(machine),
  ...(bench.quick ? ['--quick: this proves that the cases run; quote no figure'] : []),
  '',
]);
try {
  const rows: Row[] = [];
  const notes: string[] = [];
  for (const name of names) {
    const { benchCase, measurements } = await runCase(name);
    rows.push(...measurements.map((measurement) => ({ benchCase: name, measurement })));
    notes.push('', `${name}: ${benchCase.measures} Peer: ${benchCase.peer ?? 'none'}.`);
    for (const measurement of measurements) {
      if (typeof measurement === 'string') process.exitCode = 1;
      else notes.push(...measurement.notes.map((note) => `  ${measurement.what}: ${note}`));
    }
  }
  print([renderTable(rows), ...notes]);
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function runCase(name: string): Promise<{ benchCase: BenchCase; measurements: (Measurement | string)[] }> {
  const { benchCase } = (await import(`./cases/${name}.ts`)) as { benchCase: BenchCase };
  say(`${name} …`);
  const startedMs = performance.now();
  try {
    const measurements = await benchCase.run(bench);
    await save(benchCase, measurements);
    say(`${name} took ${((performance.now() - startedMs) / 1000).toFixed(0)} s`);
    return { benchCase, measurements };
  } catch (error) {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return { benchCase, measurements: [error instanceof Error ? error.message : String(error)] };
  }
}

async function save(benchCase: BenchCase, measurements: readonly Measurement[]): Promise<void> {
  const folder = bench.quick ? `${RESULTS}quick/` : RESULTS;
  const { name, measures, peer } = benchCase;
  const rows = measurements.map((measurement) => ({ ...measurement, medians: judge(measurement) }));
  const result = {
    case: name,
    measures,
    against: peer,
    quick: bench.quick,
    machine,
    rows,
  };
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}${name}.json`, `${JSON.stringify(result, null, 2)}\n`);
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

function say(message: string): void {
  process.stderr.write(`${message}\n`);
}
