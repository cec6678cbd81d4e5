/** Issue 10, line 4: a signal in the middle of an evaluation is obeyed, by the real processes. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { isEvent, runCli, startCli, temporaryFolder, writeSpec } from './support.ts';

/** One step of training, and hundreds of images through a model whose evaluation takes its time. */
const SPEC = `name: slow
dataset: { name: sprites-mini, train: 1, validation: 576 }
parameters: { architecture: conv, channels: [128, 256], latent_dim: 2 }
train: { epochs: 1, batch_size: 1 }
`;

it('issue 10, line 4: SIGTERM during an evaluation saves, ends with 143, and the next run begins with the evaluation', async () => {
  const folder = temporaryFolder();
  const args = ['run', writeSpec(folder, SPEC), '--results', folder, '--json', '--slots', '1'];
  const { child, ended, output } = startCli(args);
  // Told when the epoch's only step is done; what comes next is its evaluation.
  await output.line(isEvent('progress'));
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 143 });
  const [trial] = readdirSync(path.join(folder, 'slow')).filter((name) => /^[\da-f]{16}$/.test(name));
  expect(existsSync(path.join(folder, 'slow', trial!, 'checkpoint.safetensors'))).toBe(true);

  const again = await runCli(args);
  expect(again.code).toBe(0);
  const types = again.stdout
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [(JSON.parse(line) as { type: string }).type]));
  // No step is trained again.
  expect(types).not.toContain('progress');
  expect(types).toContain('epoch');
});
