import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { LiveView } from '../../../src/cli/views/live-view.ts';
import { snapshotOf, trialRecord } from '../../analysis/support.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';
import { devices, eventsOf, planned } from '../support.ts';

/** As much of a terminal as a view needs; keeps what is written to it. */
function terminal(columns = 80) {
  const written: string[] = [];
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns, rows: 24 });
  stream.on('data', (chunk: Buffer) => written.push(chunk.toString()));
  return { stream: stream as unknown as WriteStream, written };
}

const trial = trialRecord({ state: 'queued', epochs: 0 });
const start = eventsOf(planned(snapshotOf([trial])), devices(1), {
  type: 'dispatched',
  trial: trial.id,
  attempt: 1,
  device: 'cpu',
});
const progress = { type: 'progress', trial: trial.id, epoch: 1, imagesPerSecond: 100 } as const;

it('draws at most five frames a second, however many events come, and one without any', () => {
  const clock = new SimulatedClock();
  const { stream, written } = terminal();
  const view = new LiveView(clock, stream);
  for (const event of start) view.observe(event);
  clock.advance(1000);
  written.length = 0;
  for (let tick = 0; tick < 10_000; tick++) {
    for (const event of eventsOf({ ...progress, fraction: tick / 10_000 })) view.observe(event);
    clock.advance(1);
  }
  expect(written.length).toBeGreaterThan(10);
  expect(written.length).toBeLessThanOrEqual(51);
  written.length = 0;
  clock.advance(5000);
  expect(written.length).toBeGreaterThanOrEqual(4);
  expect(written.length).toBeLessThanOrEqual(6);
  view[Symbol.dispose]();
});

it('shows announcements in the picture, and leaves them behind without picture and timer', () => {
  const clock = new SimulatedClock();
  const { stream, written } = terminal();
  const view = new LiveView(clock, stream);
  for (const event of start) view.observe(event);
  for (const event of eventsOf({ type: 'log', trial: null, level: 'warn', message: 'gpu:0 computes on the CPU' }))
    view.observe(event);
  clock.advance(200);
  const shown = stripVTControlCharacters(written.join(''));
  expect(shown).toContain(' ! gpu:0 computes on the CPU\r\n');
  expect(shown).toContain('0/1 done · 1 running');
  expect(shown).not.toContain('beta: 1 trial');
  written.length = 0;
  view[Symbol.dispose]();
  expect(clock.pendingTimers).toBe(0);
  // Nothing but the way back to the screen that was there before, and what was announced.
  expect(written[0]).toBe('\u001b[?1049l\u001b[?25h');
  expect(written.slice(1).join('')).toBe('beta: 1 trial\n! gpu:0 computes on the CPU\n');
  expect(stream.listenerCount('resize')).toBe(0);
});

it('writes nothing to the terminal before something happens, and draws anew when the window changes', () => {
  const clock = new SimulatedClock();
  const { stream, written } = terminal();
  const unused = new LiveView(clock, stream);
  unused[Symbol.dispose]();
  expect(written).toEqual([]);
  const view = new LiveView(clock, stream);
  for (const event of start) view.observe(event);
  clock.advance(200);
  const first = written.join('');
  expect(first).toContain('\u001b[?1049h');
  written.length = 0;
  stream.columns = 40;
  stream.emit('resize');
  expect(written.join('')).toContain('0/1 done');
  for (const line of stripVTControlCharacters(written.join('')).split('\r\n'))
    expect(line.length).toBeLessThanOrEqual(40);
  view[Symbol.dispose]();
});

it('draws for 80 columns on a terminal that nobody told its size, not a letter a line', () => {
  const framesAt = (columns: number): string[] => {
    const { stream, written } = terminal(columns);
    const clock = new SimulatedClock();
    const view = new LiveView(clock, stream);
    for (const event of start) view.observe(event);
    clock.advance(1000);
    view[Symbol.dispose]();
    return written;
  };
  expect(framesAt(0)).toEqual(framesAt(80));
});

it('issue 10, line 21: passes on no escape of a message or an excerpt', () => {
  const clock = new SimulatedClock();
  const { stream, written } = terminal();
  const view = new LiveView(clock, stream);
  const planted = '\u001b]0;title\u0007\u001b[8m\u009b8m';
  for (const event of [
    ...start,
    ...eventsOf(
      { type: 'log', trial: null, level: 'warn', message: `odd ${planted}`, excerpt: `  1 | odd ${planted}` },
      { type: 'downloading', file: `odd ${planted}`, receivedBytes: 1, totalBytes: null },
    ),
  ]) {
    view.observe(event);
  }
  clock.advance(1000);
  view[Symbol.dispose]();
  expect(written.join('')).toContain('  1 | odd ');
  expect(written.join('')).not.toMatch(/\u001b\]|\u001b\[8m|[\u0007\u009b]/);
});
