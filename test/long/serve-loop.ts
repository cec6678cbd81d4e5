/**
 * `sweep serve` beside a sweep that records 27 epochs a second, with a reader that listens, one that comes
 * and goes, one that never reads, and a browser that is killed and started again: its memory stays flat, nobody gets more
 * than four messages a second, and who was away catches up. `npm run test:serve [-- SECONDS]`; ten minutes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { LiveMessage, LiveTrial } from '../../src/serve/live-message.ts';
import { MESSAGE_INTERVAL_MS } from '../../src/serve/event-stream.ts';
import { CHROMIUM } from '../support/chromium.ts';
import { check, conclude, note } from './checks.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const TRIALS = 400;
const seconds = process.argv[2] ?? '600';
const BROWSER_LIVES_MS = 30_000;
/** Of resident memory, between the middle third of the time and the last: less than what a minute's messages come to. */
const FLAT_MB = 25;

const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-serve-'));
const run = (file: string, ...args: string[]) =>
  spawn(process.execPath, [path.join(PROJECT, file), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
const writer = run('test/long/busy-sweep.ts', folder, String(TRIALS), seconds);
let epochs = 0;
/** Of the writer, between two of its epochs. */
let longestMs = 0;
let epochAt = Infinity;
const planned = Promise.withResolvers<undefined>();
const finished = once(writer, 'close');
createInterface({ input: writer.stdout }).on('line', (line) => {
  if (line === 'plan') planned.resolve(undefined);
  if (!line.startsWith('epoch')) return;
  epochs++;
  longestMs = Math.max(longestMs, performance.now() - epochAt);
  epochAt = performance.now();
});
await planned.promise;

const server = run('src/cli/bin.js', 'serve', folder, '--quiet');
const [address] = (await once(server.stdout, 'data')) as [Buffer];
const url = address.toString().trim();

interface Heard {
  readonly at: number;
  readonly id: string;
  readonly message: LiveMessage;
}

async function* listen(lastEventId = ''): AsyncGenerator<Heard> {
  const response = await fetch(`${url}events`, { headers: { 'Last-Event-ID': lastEventId } });
  let rest = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const events = (rest + chunk).split('\n\n');
    rest = events.pop()!;
    for (const event of events) {
      const found = /^id: (.*)\ndata: (.*)$/.exec(event);
      if (found !== null) {
        yield { at: performance.now(), id: found[1]!, message: JSON.parse(found[2]!) as LiveMessage };
      }
    }
  }
}

const fold = (known: Map<string, LiveTrial>, { message }: Heard): void => {
  for (const trial of message.trials) known.set(trial.id, trial);
};

async function always() {
  const known = new Map<string, LiveTrial>();
  const times: number[] = [];
  for await (const heard of listen()) {
    fold(known, heard);
    times.push(heard.at);
    if (heard.message.state === 'finished') break;
  }
  return { known, times };
}

async function comesAndGoes() {
  const known = new Map<string, LiveTrial>();
  let [id, visits] = ['', 0];
  for (let isOver = false; !isOver; visits++) {
    let heardHere = 0;
    for await (const heard of listen(id)) {
      fold(known, heard);
      id = heard.id;
      isOver = heard.message.state === 'finished';
      if (isOver || ++heardHere === 5) break;
    }
  }
  return { known, visits };
}

/** What the page says in the end. Null where there is no Chromium. */
async function killedBrowser() {
  if (CHROMIUM === undefined) return null;
  for (let kills = 0; ; kills++) {
    const browser = await chromium.launchServer({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    const connected = await chromium.connect(browser.wsEndpoint());
    const page = await connected.newPage();
    await page.goto(url);
    // The page may load itself anew at any time.
    const status = page.locator('#live-status', { hasText: ': finished' });
    const isOver = await status.waitFor({ timeout: BROWSER_LIVES_MS }).then(
      () => true,
      () => false,
    );
    const said = isOver ? await status.innerText() : '';
    await browser.kill();
    if (isOver) return { kills, said };
  }
}

// It asks, and takes nothing but what the system takes for it.
const deaf = connect(Number(new URL(url).port), '127.0.0.1');
deaf.write(`GET /events HTTP/1.1\r\nHost: ${new URL(url).host}\r\n\r\n`);
deaf.pause();

const memory: number[] = [];
const sampling = setInterval(() => {
  const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.pid!}/status`, 'utf8'));
  if (found !== null) memory.push(Number(found[1]) / 1024);
}, 500);

const [listener, visitor, browser] = await Promise.all([always(), comesAndGoes(), killedBrowser()]);
clearInterval(sampling);
const [writerCode] = (await finished) as [number | null];

const { times } = listener;
const elapsed = (times.at(-1)! - times[0]!) / 1000;
const rates = times.map((from) => times.filter((at) => at >= from && at < from + 1000).length);
const third = Math.floor(memory.length / 3);
const middle = Math.max(...memory.slice(third, 2 * third));
const last = Math.max(...memory.slice(2 * third));
note(
  `${elapsed.toFixed(0)} s · ${(epochs / elapsed).toFixed(0)} epochs/s recorded, at most ${longestMs.toFixed(0)} ms between two · ${times.length} messages, at most ` +
    `${Math.max(...rates)} within a second · ${visitor.visits} visits of the one that comes and goes · ` +
    (browser === null ? 'no Chromium' : `${browser.kills} browsers killed`),
);
note(
  `memory of the server: ${memory[0]!.toFixed(0)} MB at first, then at most ${middle.toFixed(0)}, in the end ${last.toFixed(0)}`,
);
// What was sent in time may arrive in a bunch: one more.
check('the coordinator ended as it does alone', writerCode === 0, writerCode);
check('at most four messages a second', Math.max(...rates) <= 1000 / MESSAGE_INTERVAL_MS + 1, rates);
check('memory stays flat', last - middle < FLAT_MB, memory);
check('all trials were told', listener.known.size === TRIALS, listener.known.size);
check(
  'and as completed',
  [...listener.known.values()].every(({ state }) => state === 'completed'),
);
const sorted = (known: Map<string, LiveTrial>): string =>
  JSON.stringify([...known].sort(([a], [b]) => (a < b ? -1 : 1)));
check('who comes and goes knows the same', sorted(visitor.known) === sorted(listener.known));

if (browser !== null)
  check('a new browser catches up', browser.said.includes(`${TRIALS} of ${TRIALS} trials`), browser.said);

deaf.destroy();
server.kill('SIGINT');
const [code] = (await once(server, 'close')) as [number | null];
check('Ctrl-C ends it with 0', code === 0, code);
conclude(folder);
