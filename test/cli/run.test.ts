/** Real runs in real processes: a tiny sweep on built-in data. */
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../support/run-program.ts';
import { BIN, isEvent, runCli, startCli, temporaryFolder, TINY_SPEC, writeSpec } from './support.ts';

interface Line {
  readonly type: string;
  readonly [key: string]: unknown;
}

function linesOf(stdout: string): Line[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

describe('a finished sweep', () => {
  it('is summed up on stdout, told on stderr without control characters, and read by every command', async () => {
    const folder = temporaryFolder();
    const env = { SWEEP_RESULTS: path.join(folder, 'results') };
    const spec = writeSpec(folder);

    const plan = await runCli(['plan', spec], env);
    expect(plan.stdout).toContain('2 configurations × 1 seed = 2 trials');
    expect(plan.stdout).toContain('Nothing was started.');
    expect(existsSync(env.SWEEP_RESULTS)).toBe(false);

    const run = await runCli(['run', spec], env);
    expect(run.stdout).toMatch(
      /^✓ tiny: 2 trials completed · .+\n {2}best {2}beta=\d {3}val\/elbo -[\d.]+ \(1 seed\)\n {2}test {2}elbo -[\d.]+, recon [\d.]+, KL [\d.]+\n {2}trade [12] of 2 configurations are Pareto-optimal in rate and distortion;\s[^:]+construction\nNext: sweep report tiny --best · sweep show [0-9a-f]{6}\n$/,
    );
    expect(run.stderr).toMatch(/^\d\d:\d\d:\d\d start {3}tiny: 2 trials\n/);
    expect(run.stderr.match(/ done {4}[0-9a-f]{6} val\/elbo=-[\d.]+ beta=[14] seed=0\n/g)).toHaveLength(2);

    expect(run.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(run.code).toBe(0);

    const again = await runCli(['run', spec, '--quiet'], env);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toMatch(/^✓ tiny: 2 trials completed · .+\n$/);

    const replan = await runCli(['plan', spec, 'seeds=2', '--json'], env);
    expect(JSON.parse(replan.stdout)).toMatchObject({
      schema: 'vae-sweep.plan/1',
      trials: { total: 4, finished: 2, to_run: 2 },
      seconds: { measured_trials: 2 },
    });
    expect((await runCli(['plan', spec, '--list'], env)).stdout).toMatch(
      /^[0-9a-f]{6} {2}beta=1 seed=0 {2}finished in tiny\n/,
    );

    const report = await runCli(['report', '--best', '1', '--format', 'json'], env);
    const { best } = JSON.parse(report.stdout) as { best: { trials: [string] }[] };
    expect(best).toHaveLength(1);
    const [trial] = best[0]!.trials;
    // `--best` needs no number, so a name after it is a name.
    expect((await runCli(['report', '--best', 'tiny', '--json'], env)).stdout).toContain('"sweep":"tiny"');
    expect((await runCli(['report', '--where', 'beta=4', '--format', 'csv'], env)).stdout).toMatch(/\ntiny,1,4,/);

    expect((await runCli(['status'], env)).stdout).toMatch(/tiny +finished +2\/2/);
    expect((await runCli(['show', trial.slice(0, 6)], env)).stdout).toContain(`${trial} · tiny · completed`);
    const trialLog = (await runCli(['logs', trial], env)).stdout;
    expect(trialLog).toMatch(/ info {2}[0-9a-f]{6} epoch 2 .*val\/elbo=-/);
    expect(
      trialLog
        .trimEnd()
        .split('\n')
        .every((line) => line.includes(` ${trial.slice(0, 6)} `)),
    ).toBe(true);
    expect(linesOf((await runCli(['logs', '--json'], env)).stdout)[0]).toMatchObject({ level: 'info' });
    expect((await runCli(['compare', 'beta=1', 'beta=4'], env)).stdout).toContain('1 pair');

    const csv = (await runCli(['export'], env)).stdout.trimEnd().split('\n');
    expect(csv[0]).toMatch(
      /^sweep,trial,config_id,seed,state,cause,beta,.*val\/elbo.*,reused_from,in_plan,dataset,.*,planned_epochs,numerics_version,cpu_seconds,bit_class,tags,note$/,
    );
    expect(csv).toHaveLength(3);
    const file = path.join(folder, 'metrics.ndjson');
    expect(await runCli(['export', '--table', 'metrics', '--format', 'ndjson', '-o', file], env)).toMatchObject({
      stdout: '',
    });
    expect(linesOf(readFileSync(file, 'utf8'))[0]).toMatchObject({ sweep: 'tiny', epoch: 1 });

    expect(await runCli(['report', 'tinny'], env)).toMatchObject({
      code: 4,
      stderr: '✗ No sweep called `tinny`. Did you mean `tiny`? Sweeps here: tiny.\n',
    });
    expect(await runCli(['show', 'zz'], env)).toMatchObject({ code: 4, stdout: '' });
    expect(await runCli(['export', '-o', `${folder}/no/such/folder.csv`], env)).toMatchObject({ code: 2, stdout: '' });

    // A reader that goes away early is no error, and hears nothing on stderr.
    const head = `"${process.execPath}" "${BIN}" export --table metrics | head -1`;
    const piped = runProgram('bash', ['-o', 'pipefail', '-c', head], {
      env: { ...process.env, ...env },
    });
    expect(piped).toMatchObject({ status: 0, stderr: '', stdout: 'sweep,trial,attempt,epoch,step,name,value\n' });
  });
});

describe('--json', () => {
  it('prints every event and the result as one object a line, in snake_case, and nothing else', async () => {
    const folder = temporaryFolder();
    const { code, stdout, stderr } = await runCli([
      'run',
      writeSpec(folder),
      '--json',
      '--results',
      `${folder}/results`,
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = linesOf(stdout);
    expect(lines[0]).toMatchObject({ type: 'preparing', step: 'data' });
    expect(lines.find(({ type }) => type === 'planned')).toMatchObject({
      type: 'planned',
      sweep: 'tiny',
      trials: [{ state: 'queued' }, { state: 'queued' }],
    });
    expect(lines.filter(({ type }) => type === 'epoch')).toHaveLength(4);
    expect(lines.at(-1)).toMatchObject({ type: 'result', name: 'tiny', interrupted: false, exit_code: 0 });
    expect(stdout).not.toMatch(/"[a-z]+[A-Z]\w*":/);
  });
});

describe('a signal', () => {
  const endless = TINY_SPEC.replace('epochs: 2', 'epochs: 100000');

  /** Starts an endless sweep and resolves once an epoch is recorded. */
  async function startTraining(...flags: string[]) {
    const folder = temporaryFolder();
    const results = path.join(folder, 'results');
    const started = startCli(['run', writeSpec(folder, endless), '--json', '--results', results, ...flags]);
    await started.output.line(isEvent('epoch'));
    return { ...started, results };
  }

  it.each([
    { signal: 'SIGINT', code: 130 },
    { signal: 'SIGTERM', code: 143 },
    { signal: 'SIGHUP', code: 129 },
    { signal: 'SIGUSR1', code: 128 + constants.signals.SIGUSR1 },
    { signal: 'SIGUSR2', code: 128 + constants.signals.SIGUSR2 },
  ] as const)('$signal saves, and ends with $code', async ({ signal, code }) => {
    // Whatever the signal, the stop is the same: two slots stop at SIGTERM.
    const { child, ended, results } = await startTraining(...(signal === 'SIGTERM' ? [] : ['--slots', '1']));
    child.kill(signal);
    expect(await ended).toMatchObject({
      code,
      signal: null,
      stderr: expect.not.stringContaining('Debugger') as string,
    });
    const status = await runCli(['status', '--json', '--results', results]);
    expect(JSON.parse(status.stdout)).toMatchObject({
      sweeps: [{ state: 'interrupted', trials: { running: 0, queued: 2 } }],
    });
  });

  it('twice ends at once, and loses nothing recorded', async () => {
    const { child, ended, results } = await startTraining();
    child.kill('SIGINT');
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    const metrics = await runCli(['export', '--table', 'metrics', '--format', 'ndjson', '--results', results]);
    expect(linesOf(metrics.stdout)[0]).toMatchObject({ epoch: 1 });
  });
});
