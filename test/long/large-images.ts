/**
 * A million images of 28×28 in a `.npy`, with two slots: the time until training starts, the memory of the device process, and that
 * a file of kept images that was cut short, by kill -9 or a full disk, is never read. 3 GB of disk, minutes. The start is held to
 * that of sprites-mini, which has the same processes, threads and programs; the seconds themselves mean something on an idle machine alone.
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ResultsLayout } from '../../src/files/paths.ts';
import { check, conclude, note, query } from './checks.ts';
import { ended, homeIn, marked, startSweep } from './processes.ts';

const [IMAGES, PIXELS] = [1_000_000, 784];
const DISK_MB = 300;
/** Beyond the start on sprites-mini. */
const MORE_SECONDS = 2;
const DEVICE_MB = 500;

const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-large-'));
const file = path.join(folder, 'million.npy');
writeMillion();

/** A sweep of two trials, of the images' first epoch or of some steps. */
function spec(name: string, dataset: object): string {
  const written = path.join(folder, `${name}.json`);
  const train = { epochs: 1, batch_size: 128 };
  writeFileSync(
    written,
    JSON.stringify({ name, dataset, parameters: { hidden: [64], latent_dim: 8 }, seeds: 2, train }),
  );
  return written;
}
const ALL = spec('all', { path: file });
const SOME = spec('some', { path: file, train: 12_800, validation: 1000 });
const SMALL = spec('small', { name: 'sprites-mini' });

const start = (of: string, results: string, env: NodeJS.ProcessEnv): ReturnType<typeof startSweep> =>
  startSweep(['run', of, '--results', results, '--device', 'cpu', '--slots', '2'], env);
const at = (name: string): string => path.join(folder, name);
const kept = (env: NodeJS.ProcessEnv): string => path.join(env['HOME']!, '.cache/vae-sweep/images');
const namesIn = (place: string): string[] => (existsSync(place) ? readdirSync(place) : []);
const resultsOf = (results: string): unknown =>
  query(results, 'SELECT trial, name, value FROM v_metrics ORDER BY trial, name');

// Killed while the file is written, and at its end.
const home = homeIn(folder, 'home');
for (const bytes of [1, 200e6, 600e6, IMAGES * PIXELS]) {
  const child = start(SOME, at('killed'), home);
  const isFar = (): boolean =>
    namesIn(kept(home)).some((name) => name.endsWith('.tmp') && statSync(path.join(kept(home), name)).size >= bytes);
  while (!isFar() && child.exitCode === null) await sleep(1);
  child.kill('SIGKILL');
  await ended(child);
  const names = namesIn(kept(home));
  check('what was killed leaves nothing that is read', !names.some((name) => name.endsWith('.json')), names);
  for (const name of names) if (name.endsWith('.tmp')) spawnSync('rm', [path.join(kept(home), name)]);
}
check('a killed run is gone on with', (await ended(start(SOME, at('killed'), home))) === 0);

// A file that was cut short later on is made anew.
const [images] = namesIn(kept(home)).filter((name) => name.endsWith('.images'));
const whole = statSync(path.join(kept(home), images!)).size;
spawnSync('truncate', ['-s', '500000000', path.join(kept(home), images!)]);
check('and so is one beside a file that was cut short', (await ended(start(SOME, at('cut'), home))) === 0);
check('which is made anew', statSync(path.join(kept(home), images!)).size === whole);
check('and leads to the same', JSON.stringify(resultsOf(at('cut'))) === JSON.stringify(resultsOf(at('killed'))));

// On a disk that is too small for the file, images are held in memory.
const full = homeIn(folder, 'full');
const place = path.join(full['HOME']!, '.cache');
mkdirSync(place);
if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', place]).status === 0) {
  try {
    check('a full disk keeps no sweep from running', (await ended(start(SOME, at('full'), full))) === 0);
    check('leaves no part of a file', namesIn(kept(full)).length === 0, namesIn(kept(full)));
    const log = readFileSync(new ResultsLayout(at('full')).sweepLog('some'), 'utf8');
    check('and is told', /images can't be kept in .*ENOSPC/.test(log), log.slice(0, 2000));
    check('same bits from memory', JSON.stringify(resultsOf(at('full'))) === JSON.stringify(resultsOf(at('cut'))));
  } finally {
    spawnSync('umount', [place]);
  }
} else note('a full disk: skipped, since only root mounts one');

const small = await timed('sprites-mini, for comparison', SMALL, at('small'));
const all = await timed(`${IMAGES} images of 28×28`, ALL, at('all'));
const more = all.seconds - small.seconds;
note(
  `training starts ${more.toFixed(1)} s later than on sprites-mini; the seconds before need an idle machine to tell anything`,
);
check(`training starts within ${MORE_SECONDS} s of when it does on sprites-mini`, more <= MORE_SECONDS, { all, small });
check(`the device process holds at most ${DEVICE_MB} MB`, all.peakMb <= DEVICE_MB, all);
conclude(folder);

/** When both trials train, and what the device process holds at most; prints it. */
async function timed(what: string, of: string, results: string): Promise<{ seconds: number; peakMb: number }> {
  const startedMs = Date.now();
  const child = start(of, results, home);
  const over = ended(child);
  let peakMb = 0;
  while (child.exitCode === null && child.signalCode === null) {
    for (const pid of marked()) peakMb = Math.max(peakMb, devicePeak(pid));
    await sleep(100);
  }
  check(`${what}: the sweep ends well`, (await over) === 0);
  const [name] = readdirSync(results, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const lines = readFileSync(new ResultsLayout(results).sweepLog(name!.name), 'utf8').trim().split('\n');
  const log = lines.map((line) => JSON.parse(line) as { readonly time: string; readonly msg: string });
  const begun = log.filter(({ msg }) => msg.startsWith('training from the start'));
  const seconds = (Date.parse(begun.at(-1)!.time) - startedMs) / 1000;
  note(
    `${what}: both trials train after ${seconds.toFixed(1)} s; the device process holds at most ${peakMb.toFixed(0)} MB`,
  );
  return { seconds, peakMb };
}

/** The most that a device process held so far, in MB; 0 of any other. */
function devicePeak(pid: string): number {
  try {
    if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('workers/device')) return 0;
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1000;
  } catch {
    return 0;
  }
}

function writeMillion(): void {
  const text = `{'descr': '|u1', 'fortran_order': False, 'shape': (${IMAGES}, 28, 28), }`.padEnd(117);
  const header = Buffer.from(`\x93NUMPY\x01\x00\x76\x00${text}\n`, 'latin1');
  const descriptor = openSync(file, 'w');
  writeSync(descriptor, header);
  // A row of noise that each image has another part of, below a bright half.
  const noise = Buffer.from(Uint8Array.from({ length: 2 ** 20 }, (_, i) => (Math.imul(i, 2_654_435_761) >>> 23) & 255));
  const piece = Buffer.alloc(1000 * PIXELS);
  for (let image = 0; image < IMAGES; image++) {
    const offset = (image % 1000) * PIXELS;
    piece.fill(255 - (image % 200), offset, offset + PIXELS / 2);
    noise.copy(
      piece,
      offset + PIXELS / 2,
      image % (noise.length - PIXELS),
      (image % (noise.length - PIXELS)) + PIXELS / 2,
    );
    if (image % 1000 === 999) writeSync(descriptor, piece);
  }
  closeSync(descriptor);
}
