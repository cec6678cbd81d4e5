import { expect, it } from 'vitest';
import { BackgroundSaves } from '../../src/training/background-saves.ts';

it('lets a save go on, and starts the next when it is done', async () => {
  const saves = new BackgroundSaves();
  const log: string[] = [];
  const disk = Promise.withResolvers<undefined>();
  await saves.start(async () => {
    await disk.promise;
    log.push('first saved');
  });
  log.push('training goes on');
  const second = saves.start(() => {
    log.push('second');
    return Promise.resolve();
  });
  disk.resolve(undefined);
  await second;
  expect(log).toEqual(['training goes on', 'first saved', 'second']);
});

it('throws what failed at the next call, and then starts nothing', async () => {
  const saves = new BackgroundSaves();
  const full = new Error('no space left');
  await saves.start(() => Promise.reject(full));
  // A turn of the event loop, in which an error that nobody took would end the process.
  await new Promise((resolve) => setImmediate(resolve));
  let started = false;
  await expect(
    saves.start(() => {
      started = true;
      return Promise.resolve();
    }),
  ).rejects.toBe(full);
  expect(started).toBe(false);
  await expect(saves.settled()).rejects.toBe(full);
});
