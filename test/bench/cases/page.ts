import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { CHROMIUM } from '../../support/chromium.ts';
import type { BenchCase, Measurement, Target } from '../bench-case.ts';
import { epochRecord, recordSweep, type EpochsOf } from '../recorded-sweep.ts';
import { SWEEP } from '../sweep-command.ts';

const EPOCHS = 20;
const MOVES = 60;

export const benchCase: BenchCase = {
  name: 'page',
  measures:
    `\`sweep report --format html\` of a recorded random search (four parameters, one seed, ${EPOCHS} epochs), opened from disk ` +
    'in Chromium at 1280 × 900: the first paint, and a brush dragged up and down an axis of the parallel coordinates, each ' +
    "move from the event to the end of the main thread's work for the next frame. No pictures and no weights are recorded.",
  peer: null,

  async run(bench) {
    if (CHROMIUM === undefined) throw new Error('no Chromium: name one by SWEEP_CHROMIUM');
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    try {
      const rows: Measurement[] = [];
      for (const trials of bench.quick ? [60] : [500, 5000]) {
        const file = await writePage(await bench.temporaryFolder(), trials);
        rows.push(...(await figuresOf(browser, file, trials, bench.quick)));
      }
      return rows;
    } finally {
      await browser.close();
    }
  },
};

/** A β that trades rate for distortion, a learning rate with an optimum, and noise: lines and dots that differ. */
const searched: EpochsOf = ({ beta, learning_rate }, index) => {
  const noise = Math.sin(index * 12.9898) * 3;
  const reach = -60 - 4 * Math.log2(Number(beta)) ** 2 - 12 * (Math.log10(Number(learning_rate)) + 3) ** 2 + noise;
  const rate = 24 / Math.sqrt(Number(beta)) + noise / 3;
  return Array.from({ length: EPOCHS }, (_, i) => epochRecord(i + 1, reach - 120 * Math.exp(-(i + 1) / 4), rate));
};

async function writePage(folder: string, trials: number): Promise<string> {
  const spec = {
    name: 'recorded',
    dataset: { name: 'sprites-mini', train: 128, validation: 64 },
    parameters: {
      beta: { min: 0.25, max: 8, scale: 'log' },
      learning_rate: { min: 1e-4, max: 1e-2, scale: 'log' },
      latent_dim: [4, 10, 16],
      hidden: [[16], [32, 16]],
    },
    search: 'random',
    trials,
    seeds: 1,
    train: { epochs: EPOCHS },
  };
  await recordSweep(folder, spec, searched);
  const file = path.join(folder, 'page.html');
  const args = [SWEEP, 'report', 'recorded', '--format', 'html', '-o', file, '--results', folder];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`sweep report exited with ${status ?? 'a signal'}: ${stderr}`);
  return file;
}

async function figuresOf(browser: Browser, file: string, trials: number, quick: boolean): Promise<Measurement[]> {
  const paints: number[] = [];
  for (let i = 0; i < (quick ? 1 : 5); i++) {
    const page = await open(browser, file);
    paints.push(await firstPaint(page));
    await page.close();
  }
  const page = await open(browser, file);
  const moves = await brush(page);
  await page.close();
  const isJudged = trials <= 500;
  const row = (what: string, unit: string, ours: number[], bounds?: Pick<Target, 'minimum' | 'aim'>): Measurement => {
    const target: Target | null =
      bounds === undefined || !isJudged ? null : { figure: 'ours', sense: 'at most', ...bounds };
    return {
      what: `page of ${trials.toLocaleString('en')} trials: ${what}`,
      unit,
      ours,
      peer: [],
      target,
      notes: [],
    };
  };
  return [
    row(
      'first paint',
      's',
      paints.map((ms) => ms / 1000),
      { minimum: 1, aim: 0.5 },
    ),
    row('brush to next frame', 'ms', moves, { minimum: 50, aim: 25 }),
    // A single move, so whatever else the machine does is in it.
    row('brush to next frame, the slowest', 'ms', [Math.max(...moves)]),
    row('size of the file', 'MB', [statSync(file).size / 1e6], { minimum: 3, aim: 2 }),
  ];
}

async function open(browser: Browser, file: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(`file://${file}`);
  return page;
}

function firstPaint(page: Page): Promise<number> {
  return page.evaluate(`new Promise((resolve) => {
    new PerformanceObserver((list) => {
      const paint = list.getEntriesByName('first-contentful-paint')[0];
      if (paint !== undefined) resolve(paint.startTime);
    }).observe({ type: 'paint', buffered: true });
  })`);
}

/** Milliseconds of each move, in order. */
async function brush(page: Page): Promise<number[]> {
  await page.locator('#parallel').scrollIntoViewIfNeeded();
  const hit = page.locator('figure[data-chart="parallel"] .brush-hit').first();
  await hit.scrollIntoViewIfNeeded();
  await page.waitForTimeout(500);
  // A task of its own after the frame's callbacks begins when style, layout and paint are done.
  await page.evaluate(`globalThis.moves = [];
    addEventListener('pointermove', (event) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => moves.push(performance.now() - event.timeStamp);
      requestAnimationFrame(() => port2.postMessage(null));
    }, { capture: true })`);
  const { x, y, width, height } = (await hit.boundingBox())!;
  const middle = x + width / 2;
  await page.mouse.move(middle, y + 12);
  await page.mouse.down();
  for (let move = 1; move <= MOVES; move++) {
    const share = Math.abs(Math.sin((move * Math.PI) / 20));
    await page.mouse.move(middle, y + 12 + share * (height - 24));
    await page.waitForTimeout(40);
  }
  await page.mouse.up();
  const measured: number[] = await page.evaluate('moves');
  return measured.slice(-MOVES);
}
