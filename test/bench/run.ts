/**
 * `npm run bench [-- CASE… --quick --data DIR --write]`: measures vae-sweep beside its peers. The table goes to stdout,
 * progress to stderr, every sample to results/<case>.json (with --quick to results/quick/, which git ignores); --write
 * puts header and table of a whole run into BENCHMARKS.md.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { BenchCase, Measurement } from './bench-case.ts';
import { judge } from './judge.ts';
import { describeMachine, headerLines } from './machine.ts';
import { probePeers } from './peer-probe.ts';
import { publish } from './publish.ts';
import { renderTable, type Row } from './table.ts';
import { withholdTuning } from './tuning.ts';

/** In the order of the table; each is a file in cases/. */
const CASES = [
  'step-mlp',
  'step-conv',
  'step-sprites',
  'step-own',
  'whole-sweep',
  'short-sweep',
  'initialization',
  'evaluation-share',
  'two-slots',
  'no-op-trials',
  'agents',
  'metric-rows',
  'resume',
  'status-report',
  'page',
  'version',
  'start',
  'coordinator-cpu',
  'device-memory',
  'worker-memory',
  'search',
];
const RESULTS = fileURLToPath(new URL('results/', import.meta.url));
const SCRATCH = `${RESULTS}scratch/`;

const { positionals, values: flags } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    data: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const names = positionals.length === 0 ? CASES : positionals;
const unknown = names.filter((name) => !CASES.includes(name));
if (unknown.length > 0) {
  say(`No case ${unknown.join(', ')}. There are: ${CASES.join(', ')}.`);
  process.exit(2);
}
if (flags.write && (flags.quick || positionals.length > 0)) {
  say('--write publishes a whole run: leave out --quick and the names of cases.');
  process.exit(2);
}

await mkdir(SCRATCH, { recursive: true });
const scratch = await mkdtemp(SCRATCH);
const surroundings = {
  quick: flags.quick,
  dataDir: flags.data ?? process.env['SWEEP_DATA'],
  temporaryFolder: () => mkdtemp(`${scratch}/`),
};
try {
  const machine = await describeMachine(withholdTuning());
  const cases = await Promise.all(names.map(loadCase));
  // Without PyTorch the cases that need it fail, each for itself, and the others run.
  const probed = cases.some(({ usesPyTorch }) => usesPyTorch === true)
    ? await timed('the probe of the peers', () => probePeers(surroundings))
    : undefined;
  const peers = typeof probed === 'string' ? undefined : probed;
  const header = headerLines(machine, peers);
  print([...header, ...(flags.quick ? ['--quick: this proves that the cases run; quote no figure'] : []), '']);

  const rows: Row[] = [];
  const notes: string[] = [];
  for (const benchCase of cases) {
    const measured = await timed(benchCase.name, () => benchCase.run({ ...surroundings, peers }));
    notes.push('', `${benchCase.name}: ${benchCase.measures} Peer: ${benchCase.peer ?? 'none'}.`);
    if (typeof measured === 'string') {
      rows.push({ benchCase: benchCase.name, measurement: measured });
    } else {
      await save(benchCase, measured, { ...machine, peers });
      rows.push(...measured.map((measurement) => ({ benchCase: benchCase.name, measurement })));
      notes.push(...measured.flatMap(({ what, notes }) => notes.map((note) => `  ${what}: ${note}`)));
    }
  }
  const table = renderTable(rows);
  print([table, ...notes]);
  if (rows.some(({ measurement }) => typeof measurement === 'string')) {
    process.exitCode = 1;
    if (flags.write) say('BENCHMARKS.md is as it was: a case failed.');
  } else if (flags.write) {
    await publish(fileURLToPath(new URL('../../BENCHMARKS.md', import.meta.url)), header, table);
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function loadCase(name: string): Promise<BenchCase> {
  return ((await import(`./cases/${name}.ts`)) as { benchCase: BenchCase }).benchCase;
}

/** The message of what went wrong in place of a result. */
async function timed<T extends object>(name: string, work: () => Promise<T>): Promise<T | string> {
  say(`${name} …`);
  const startedMs = performance.now();
  try {
    const result = await work();
    say(`${name} took ${((performance.now() - startedMs) / 1000).toFixed(0)} s`);
    return result;
  } catch (error) {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return error instanceof Error ? error.message : String(error);
  }
}

async function save(benchCase: BenchCase, measurements: readonly Measurement[], machine: object): Promise<void> {
  const folder = flags.quick ? `${RESULTS}quick/` : RESULTS;
  const { name, measures, peer } = benchCase;
  const rows = measurements.map((measurement) => ({ ...measurement, medians: judge(measurement) }));
  const result = {
    case: name,
    measures,
    against: peer,
    quick: flags.quick,
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
