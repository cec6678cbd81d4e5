import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { loadEngine } from '../../src/engine/load.ts';
import type { TrialEvent } from '../../src/trial/event.ts';
import { bitClassOf } from '../../src/training/bit-class.ts';
import { loadImages, runTrial } from '../../src/training/run-trial.ts';
import { decodeTensors, encodeTensors } from '../../src/training/safetensors.ts';
import { engine, metricsOf, newJob, run } from './trials.ts';

/** A checkpoint with another text in its header, and the checksum of that. */
function forged(bytes: Buffer, from: string, to: string): Buffer {
  const { metadata, tensors } = decodeTensors(bytes);
  const checkpoint = metadata['checkpoint']!.replace(from, to);
  expect(checkpoint).not.toBe(metadata['checkpoint']);
  return Buffer.concat(encodeTensors({ metadata: { ...metadata, checkpoint }, tensors }, 'crc32'));
}

describe('a checkpoint', () => {
  it('leaves the best weights out of the file while they are the current ones', async () => {
    const job = await newJob({ train: { epochs: 2 } });
    const whole = await run(await newJob({ train: { epochs: 2 } }));
    const bestWeights = async (): Promise<string[]> => {
      const file = decodeTensors(await readFile(path.join(job.directory, 'checkpoint.safetensors')));
      expect(file.metadata['checkpoint']).toContain('"best":{"epoch":1,');
      return Object.keys(file.tensors).filter((name) => name.startsWith('best.'));
    };
    // The first run of an attempt has 1 of an epoch's 13 steps, the second the other 12; then the evaluation asks.
    await run(job, 4);
    expect(await bestWeights()).toEqual([]);
    // In the middle of epoch 2.
    await run(job, 2);
    expect(await bestWeights()).toContain('best.encoder.0.weight');
    const { outcome, events } = await run(job);
    expect(outcome).toEqual(whole.outcome);
    expect(metricsOf(events)).toEqual(metricsOf(whole.events).slice(1));
  });

  it.each([
    ['is cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['has a flipped bit', (bytes: Buffer) => bytes.with(bytes.length - 9, bytes.at(-9)! ^ 1)],
    ['is empty', () => Buffer.alloc(0)],
    [
      'has another step in its header',
      (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace(/(step\\":)\d/, '$19'), 'latin1'),
    ],
    ['belongs to another trial', (bytes: Buffer) => forged(bytes, '00aa', '00bb')],
    ['was computed by another engine', (bytes: Buffer) => forged(bytes, '"compiled', '"compilex')],
    ['was computed by another library', (bytes: Buffer) => forged(bytes, 'ONNX Runtime ', 'ONNX Runtime 0.')],
    ['was computed on another processor', (bytes: Buffer) => forged(bytes, 'bits ', 'bits 0')],
    ['is of an earlier version', (bytes: Buffer) => forged(bytes, 'checkpoint/2', 'checkpoint/1')],
    ['is of another format', (bytes: Buffer) => forged(bytes, 'checkpoint/2', 'checkpoint/9')],
  ])('that %s is left aside with the reason, and the trial starts anew', async (_, damage) => {
    const job = await newJob();
    const whole = await run(await newJob());
    await run(job, 4);
    const file = path.join(job.directory, 'checkpoint.safetensors');
    const damaged = damage(await readFile(file));
    await writeFile(file, damaged);
    const { events } = await run(job);
    expect(events[0]).toMatchObject({ type: 'started', history: [] });
    expect(events[0]).toHaveProperty(
      'rejectedCheckpoint',
      expect.stringMatching(
        /^its checkpoint (can't be read|belongs to|was computed by|is of an earlier|has the format)/,
      ),
    );
    expect(metricsOf(events)).toEqual(metricsOf(whole.events));
  });

  it('moves only to an engine that computes the same bits, whatever it is called (issue 10, line 5)', async () => {
    const job = await newJob({ train: { epochs: 2 } });
    await run(job, 4);
    const eager = await loadEngine({ engine: 'eager', provider: 'cpu' });
    const { choice, library } = engine;
    const namesake: Engine = { choice, library, prepare: (program) => eager.prepare(program) };
    const events: TrialEvent[] = [];
    await runTrial(job, {
      engine: namesake,
      images: await loadImages(job),
      emit: (event) => events.push(event),
      stopRequested: () => undefined,
    });
    const [bits, others] = [await bitClassOf(engine), await bitClassOf(namesake)];
    expect(others).not.toBe(bits);
    expect(events[0]).toMatchObject({
      history: [],
      rejectedCheckpoint: `its checkpoint was computed by ${bits}; here computes ${others}, and the two give different bits`,
    });
    const weights = decodeTensors(await readFile(path.join(job.directory, 'weights.safetensors')));
    expect(weights.metadata['bit_class']).toBe(others);
  });

  it('moves to another process of the same engine: the bit class is the same there (issue 10, line 5)', async () => {
    expect(await bitClassOf(await loadEngine(engine.choice))).toBe(await bitClassOf(engine));
    const script = `
      import { loadEngine } from './src/engine/load.ts';
      import { bitClassOf } from './src/training/bit-class.ts';
      process.stdout.write(await bitClassOf(await loadEngine(${JSON.stringify(engine.choice)})));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    expect(stdout).toBe(await bitClassOf(engine));
    expect(stdout).toMatch(/^compiled\/cpu with ONNX Runtime [\d.]+, bits [0-9a-f]{12}$/);
  });
});
