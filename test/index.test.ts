import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test, vi } from 'vitest';
import type { z } from 'zod';
import {
  openResults,
  planSweep,
  runSweep,
  SpecError,
  SweepError,
  type RunResult,
  type SweepEvent,
} from '../src/index.ts';
import { renderComparisonJson, renderSeveralJson } from '../src/render/comparison/comparison-json.ts';
import { renderReportJson } from '../src/render/report/report-json.ts';
import { renderOverviewJson, renderTrialJson } from '../src/render/trial/trial-json.ts';
import type { specSchema } from '../src/sweep-file/schema.ts';
import type { SpecObject } from '../src/sweep-file/spec-object.ts';
import { temporaryFolder, TINY_SPEC, writeSpec } from './cli/support.ts';
import { command } from './support/command.ts';

const SPEC: SpecObject = {
  name: 'tiny',
  dataset: { name: 'sprites-mini', train: 128, validation: 64 },
  parameters: { beta: [1, 4], hidden: [8], latent_dim: 2 },
  train: { epochs: 2, batch_size: 64 },
};

describe('the plan', () => {
  test('is the same of a file, of its text and of an object', async () => {
    const folder = temporaryFolder();
    const options = { results: folder, device: 'cpu', slots: 1 };
    const ofFile = await planSweep(writeSpec(folder), options);
    const ofText = await planSweep({ text: TINY_SPEC }, options);
    const ofObject = await planSweep(SPEC, options);
    expect(ofText).toEqual({ ...ofFile, outlook: expect.anything() as unknown });
    expect(ofObject).toEqual({ ...ofText, specText: ofObject.specText, outlook: expect.anything() as unknown });
    expect(ofFile.trials).toHaveLength(2);
    expect(ofFile.outlook).toMatchObject({ configurations: 2, kept: [] });
  });

  test('takes overrides, and refuses with the code and the place', async () => {
    const { trials } = await planSweep(SPEC, { overrides: ['beta=1', 'seeds=3'], results: temporaryFolder() });
    expect(trials).toHaveLength(3);
    const wrong = { ...SPEC, parameters: { bata: 1, latent_dim: Number.NaN } };
    const error = await planSweep(wrong).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SpecError);
    expect(error).toMatchObject({
      code: 'SPEC_INVALID',
      issues: [
        { code: 'unknown_key', file: 'spec', line: 7 },
        { code: 'wrong_type', line: 8 },
      ],
    });
    expect((error as Error).message).toMatch(/^spec:7:3 .*bata[\s\S]*\| {3}\^{4}/);
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    for (const [spec, message] of [
      ['no-such-file.yaml', /no-such-file.yaml can't be read/],
      [undefined, /A spec is/],
      [{ ...SPEC, parameters: cyclic }, /no plain data/],
      [{ ...SPEC, name: () => 'tiny' }, /no plain data/],
    ] as [SpecObject, RegExp][]) {
      await expect(planSweep(spec)).rejects.toThrow(message);
      await expect(planSweep(spec)).rejects.toMatchObject({ code: 'USAGE' });
    }
  });

  test('the type of a spec has the keys of the schema', () => {
    expectTypeOf<keyof SpecObject>().toEqualTypeOf<keyof z.input<typeof specSchema>>();
    expectTypeOf<keyof NonNullable<SpecObject['train']>>().toEqualTypeOf<
      keyof NonNullable<z.input<typeof specSchema>['train']>
    >();
  });
});

describe('a run', () => {
  const kept = mkdtempSync(path.join(tmpdir(), 'vae-sweep-index-'));
  const results = path.join(kept, 'results');
  let result: RunResult;
  const events: SweepEvent[] = [];
  let written = '';
  const signals = process.eventNames().map((name) => [name, process.listenerCount(name)]);
  beforeAll(async () => {
    const spies = [process.stdout, process.stderr].map((stream) =>
      vi.spyOn(stream, 'write').mockImplementation((chunk) => {
        written += String(chunk);
        return true;
      }),
    );
    result = await runSweep(SPEC, { results, device: 'cpu', slots: 1, onEvent: (event) => events.push(event) });
    for (const spy of spies) spy.mockRestore();
  });

  afterAll(() => rmSync(kept, { recursive: true }));

  test('tells what happens, resolves with what came of it, prints nothing and listens to no signal', () => {
    expect(result).toMatchObject({ name: 'tiny', counts: { completed: 2 }, interrupted: false, exitReason: null });
    expect(events.filter(({ type }) => type === 'epoch')).toHaveLength(4);
    expect(events.filter(({ type }) => type === 'tested')).toHaveLength(1);
    expect(written).toBe('');
    expect(process.eventNames().map((name) => [name, process.listenerCount(name)])).toEqual(signals);
  });

  test('a stop saves and ends; the next run goes on', async () => {
    const stop = new AbortController();
    const options = { results: path.join(temporaryFolder(), 'results'), device: 'cpu', slots: 1 };
    const onEvent = ({ type }: SweepEvent): void => (type === 'epoch' ? stop.abort() : undefined);
    expect(await runSweep(SPEC, { ...options, onEvent, stop: stop.signal })).toMatchObject({ interrupted: true });
    expect(await runSweep(SPEC, options)).toMatchObject({ interrupted: false, counts: { completed: 2 } });
    const [ours, theirs] = [openResults(options.results), openResults(results)].map((open) => {
      const values = [...open.metrics()].map(({ trial, epoch, name, value }) => [trial, epoch, name, value]);
      open.close();
      return values;
    });
    expect(ours).toEqual(theirs);
  });

  test('what an observer throws ends it, with what is done so far on record', async () => {
    const options = { results: path.join(temporaryFolder(), 'results'), device: 'cpu', slots: 1 };
    const trouble = new Error('the observer is out of order');
    const onEvent = ({ type }: SweepEvent): void => {
      if (type === 'finished') throw trouble;
    };
    await expect(runSweep(SPEC, { ...options, onEvent })).rejects.toBe(trouble);
    {
      using open = openResults(options.results);
      expect(open.sweeps()).toMatchObject([{ state: 'failed' }]);
      expect(open.sweep().trials.map(({ state }) => state)).toEqual(['completed', 'queued']);
    }
    const again = await runSweep(SPEC, options);
    expect(again).toMatchObject({ counts: { completed: 2 }, change: { kept: 2 } });
  });

  test('its results are what the commands tell', async () => {
    using open = openResults(results);
    const at = ['--results', results, '--json'];
    const told = async (...words: string[]): Promise<string> => (await command(...words, ...at)).stdout;
    const repeated = ` --results ${results}`;
    expect(renderReportJson(open.report('tiny'), repeated)).toBe(await told('report'));
    const best = open.report('tiny', { best: 1, by: 'val/reconstruction', where: { beta: [1, 4] }, all: true });
    const flags = ['--best', '1', '--by', 'val/reconstruction', '--where', 'beta=1,4', '--all'];
    expect(renderReportJson(best, repeated)).toBe(await told('report', ...flags));
    expect(best.configurations).toHaveLength(1);
    const comparison = open.compare('beta=1', { beta: 4 }, { sweep: 'tiny', where: { hidden: [8] } });
    expect(renderComparisonJson(comparison)).toBe(await told('compare', 'beta=1', 'beta=4', '--where', 'hidden=[8]'));
    const several = open.compareSeveral(['beta'], { sweep: 'tiny', reference: 1 });
    expect(renderSeveralJson(several)).toBe(await told('compare', 'beta', '--reference', 'beta=4'));
    expect(() => open.compareSeveral(['beta'], { reference: 2 })).toThrow('There is no setting 2');
    expect(renderOverviewJson(open.trials())).toBe(await told('show'));
    expect(renderTrialJson(open.best('tiny'))).toBe(await told('show', 'best'));
    const [selected] = result.selected;
    expect(renderTrialJson(open.trial(selected!.slice(0, 6)))).toBe(await told('show', selected!));
    expect(open.sweeps().map(({ name }) => name)).toEqual(['tiny']);
    expect(open.sweep().trials.map(({ id }) => id)).toContain(selected);
  });

  test('what is not there is refused with its code; so is all once they are closed', async () => {
    expect(() => openResults(temporaryFolder())).toThrow(SweepError);
    using open = openResults(results);
    for (const ask of [
      () => open.report('tinny'),
      () => open.metrics('tinny'),
      () => open.trial('ffffffffffffff'),
      () => open.report('tiny', { where: { beta: 3 } }),
    ]) {
      expect(ask).toThrow(expect.objectContaining({ name: 'SweepError', code: 'NOT_FOUND' }));
    }
    expect(() => open.report('tiny', { where: { bata: 3 } })).toThrow('did you mean beta?');
    const rows = open.metrics();
    open.close();
    const closed = expect.objectContaining({ name: 'SweepError', code: 'USAGE' }) as Error;
    for (const ask of [() => open.sweeps(), () => open.report(), () => open.best(), () => [...rows]]) {
      expect(ask).toThrow(closed);
    }
    await expect(open.gallery()).rejects.toThrow(closed);
    open.close();
  });
});
