/** Sweeps over images of one's own, by the real command: `dataset: ./faces`, whatever they are stored as. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { caughtTraining } from '../support/caught-training.ts';
import { bitsOf, GREY, N, place, SIDE, spec, writeFolder } from './own-place.ts';
import { startCli } from './support.ts';

describe('a folder of 200 PNGs and a .npy of the same images', () => {
  it('are the same trials with the same bits; the one takes over from the other', async () => {
    const { at, specAt, ok } = place();
    const ofFolder = specAt('a.yaml', spec('./faces'));
    const ofFile = specAt('b.yaml', spec('{ path: faces.npy }'));
    const where = ['--device', 'cpu', '--slots', '1', '--quiet'];
    await ok('run', ofFolder, '--results', at('a'), ...where);
    await ok('run', ofFile, '--results', at('b'), ...where);
    const [a, b] = [bitsOf(at('a')), bitsOf(at('b'))];
    expect(a).toEqual(b);
    expect(a.found.map(({ state }) => state)).toEqual(['completed', 'completed']);
    // Nothing is left to do for the file where the folder was trained on; and the rows say where the images are now.
    expect(JSON.parse(await ok('plan', ofFile, '--json', '--results', at('a')))).toMatchObject({
      dataset: 'faces.npy',
      trials: { total: 2, finished: 2, to_run: 0 },
      warnings: [],
    });
    await ok('run', ofFile, '--results', at('a'), ...where);
    expect(bitsOf(at('a'))).toEqual(b);
    rmSync(at('faces'), { recursive: true });
    const id = a.found[0]!.id;
    expect(await ok('reproduce', id, '--results', at('a'))).toContain('the same bits');
    expect(await ok('gallery', 'spots', '--panel', 'worst', '-o', at('worst.png'), '--results', at('a'))).toContain(
      'faces.npy',
    );
    expect(await ok('report', 'spots', '--results', at('a'))).toContain(
      'data: faces.npy, 160 training and 20 validation images',
    );
  });

  it('and a module that yields them is the same trials, too; it is run once, and by nobody who trains', async () => {
    const { at, env, specAt, ok } = place();
    const where = ['--device', 'cpu', '--slots', '1', '--results', at('r')];
    writeFileSync(
      at('spots.ts'),
      `import { appendFileSync, readFileSync } from 'node:fs';
       import { defineDataset } from 'vae-sweep';
       import { take } from './take.ts';
       const side: number = ${SIDE};
       export default defineDataset({
         height: side,
         width: side,
         async *samples(): AsyncGenerator<Uint8Array> {
           if (typeof (await import('vae-sweep')).openResults !== 'function') throw new Error('another one');
           appendFileSync(${JSON.stringify(at('runs'))}, 'x');
           const pixels = readFileSync(new URL('faces.npy', import.meta.url)).subarray(-${GREY.length});
           for (let i = 0; i < ${N}; i++) yield take(pixels, i, side * side);
         },
       });`,
    );
    // This package is installed in no folder above: what a module imports of it, the program gives that runs it.
    writeFileSync(
      at('take.ts'),
      `import { SweepError } from 'vae-sweep';
       export function take(from: Uint8Array, i: number, size: number): Uint8Array {
         if (i < 0) throw new SweepError('USAGE', 'there is no such image');
         return from.subarray(i * size, (i + 1) * size);
       }`,
    );
    // In a process of its own: here vitest imports modules.
    expect(await startCli(['data', at('spots.ts')], env).ended).toMatchObject({ code: 0, stderr: '' });
    await ok('run', specAt('a.yaml', spec('./spots.ts')), '--quiet', ...where);
    expect(await ok('report', 'spots', '--results', at('r'))).toContain('data: spots.ts, 160 training');
    const plan = await ok('plan', specAt('b.yaml', spec('./faces')), '--json', '--results', at('r'));
    expect(JSON.parse(plan)).toMatchObject({ trials: { total: 2, finished: 2, to_run: 0 } });
    expect(await ok('score', 'spots', '--data', at('spots.ts'), '--results', at('r'))).toContain(
      '200 images of spots.ts by',
    );
    expect(readFileSync(at('runs'), 'utf8')).toBe('x');
  });

  it('resume each other: killed while it trains on the folder, the sweep goes on with the file, to the same bits', async () => {
    const { at, env, specAt, ok } = place();
    const where = ['--device', 'cpu', '--slots', '1', '--results'];
    const [short, killed] = [specAt('short.yaml', spec('./faces', 40)), specAt('killed.yaml', spec('./faces', 40))];
    const planOf = async (results: string) =>
      JSON.parse(await ok('plan', killed, '--json', '--results', results)) as {
        trials: { finished: number; resumed: number };
      };
    let runs = 0;
    const { results } = await caughtTraining(
      async () => {
        const begun = at(`killed-${++runs}`);
        const { child, ended } = startCli(['run', killed, '--json', ...where, begun], env);
        for await (const line of createInterface({ input: child.stdout })) {
          if ((JSON.parse(line) as { type: string }).type === 'epoch') break;
        }
        child.kill('SIGKILL');
        child.stdout.resume();
        await ended;
        return { results: begun, plan: await planOf(begun) };
      },
      ({ plan: { trials } }) => trials.finished > 0 && trials.resumed === 0,
    );
    rmSync(at('faces'), { recursive: true });
    writeFileSync(killed, spec('./faces.npy', 40));
    expect((await planOf(results)).trials.resumed).toBe(1);
    await ok('run', killed, '--quiet', ...where, results);
    writeFolder(at('faces'), GREY, 1);
    await ok('run', short, '--quiet', ...where, at('whole'));
    expect(bitsOf(results)).toEqual(bitsOf(at('whole')));
  });
});
