/** The real server and page, over a real sweep that trains meanwhile. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, writeFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ResultsLayout } from '../../src/files/paths.ts';
import { foldMessage, NOTHING_YET } from '../../src/page/client/live-state.ts';
import type { LiveMessage, LiveTrial } from '../../src/serve/live-message.ts';
import { startLiveServer, type LiveServerOptions } from '../../src/serve/live-server.ts';
import { pageRenderer } from '../../src/serve/page-renderer.ts';
import { openReadModel } from '../../src/store/sqlite-read-model.ts';
import { runCli, startCli, temporaryFolder, TINY_SPEC, writeSpec } from '../cli/support.ts';
import { trainedSweep } from '../cli/trained-sweep.ts';
import { ProcessOutput } from '../support/started-process.ts';

const COORDINATOR = fileURLToPath(new URL('../support/coordinator-process.ts', import.meta.url));

async function serve(layout: ResultsLayout, options: Partial<LiveServerOptions> = {}): Promise<string> {
  const troubles: string[] = [];
  const server = await startLiveServer({
    ...{ layout, name: undefined, port: 0, renderPage: pageRenderer(layout, '') },
    onTrouble: (message) => troubles.push(message),
    ...options,
  });
  onTestFinished(async () => {
    await server[Symbol.asyncDispose]();
    expect(troubles).toEqual([]);
  });
  return server.url;
}

interface Event {
  readonly id: string;
  readonly message: LiveMessage;
}

/** A client of server-sent events. Leaving the loop closes the connection. */
async function* listen(url: string, lastEventId?: string): AsyncGenerator<Event> {
  const response = await fetch(url, { headers: lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId } });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  let rest = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const events = (rest + chunk).split('\n\n');
    rest = events.pop()!;
    for (const event of events) {
      const found = /^id: (.*)\ndata: (.*)$/.exec(event);
      if (found !== null) yield { id: found[1]!, message: JSON.parse(found[2]!) as LiveMessage };
    }
  }
}

/** A sweep that has just been planned, in a process of its own; it is stopped, and goes on when it is told to. */
async function startSweep(): Promise<{ layout: ResultsLayout; goOn: () => void }> {
  const folder = temporaryFolder();
  const options = {
    ...{
      specFile: writeSpec(folder, TINY_SPEC.replace('epochs: 2', 'epochs: 6')),
      overrides: [],
      device: 'cpu',
      slots: 1,
    },
    resultsDir: path.join(folder, 'results'),
  };
  const child = spawn(process.execPath, [COORDINATOR, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await new ProcessOutput(child).line((line) => line === 'planned');
  child.kill('SIGSTOP');
  return { layout: new ResultsLayout(options.resultsDir), goOn: () => void child.kill('SIGCONT') };
}

function fold(known: Map<string, LiveTrial>, { trials }: LiveMessage): void {
  for (const trial of trials) known.set(trial.id, trial);
}

describe('a sweep that trains', () => {
  it('is told from the plan to the last trial; a client that was away catches up by the id it knows', async () => {
    const { layout, goOn } = await startSweep();
    const url = await serve(layout);
    const page = await (await fetch(url)).text();
    const address = /data-events="([^"]*)"/.exec(page)![1]!.replaceAll('&amp;', '&');
    expect(page).toContain('<p id="live-status"');

    const [always, away] = [new Map<string, LiveTrial>(), new Map<string, LiveTrial>()];
    let known = '';
    for await (const { id, message } of listen(`${url}events`)) {
      fold(away, message);
      known = id;
      break;
    }
    const seen = new Set<string>();
    let shown = NOTHING_YET;
    for await (const { id, message } of listen(`${url}events`)) {
      if (seen.size === 0) goOn();
      expect(seen).not.toContain(id);
      seen.add(id);
      fold(always, message);
      shown = foldMessage(shown, message);
      if (message.state === 'finished') break;
    }
    expect([...always.values()].map(({ state, epoch }) => [state, epoch])).toEqual([
      ['completed', 6],
      ['completed', 6],
    ]);
    expect(shown).toMatchObject({ running: new Map(), news: 2, head: { counts: { completed: 2, total: 2 } } });
    // Between first and last: the trials as they trained.
    expect(seen.size).toBeGreaterThan(2);

    for await (const { message } of listen(`${url}events`, known)) {
      fold(away, message);
      break;
    }
    expect(away).toEqual(always);
    using model = openReadModel(layout);
    const recorded = model.snapshot('tiny')!.trials.map(({ metrics }) => metrics['val/elbo']);
    expect([...always.values()].map(({ elbo }) => elbo).sort()).toEqual(recorded.sort());

    // The page that was drawn at the start goes on from there.
    for await (const { message } of listen(new URL(address, url).href)) {
      expect(message).toMatchObject({ state: 'finished', trials: [{ state: 'completed' }, { state: 'completed' }] });
      break;
    }
  });
});

/** As no browser would ask: any method, any header. */
async function ask(url: string, options: { method?: string; path?: string; headers?: Record<string, string> } = {}) {
  const { hostname, port } = new URL(url);
  const asked = request({ hostname, port, method: 'GET', path: '/', ...options });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

describe('who may read', () => {
  it('another host name, another origin, and any method that writes are refused, of the page and of the events', async () => {
    const { layout } = await trainedSweep();
    const url = await serve(layout);
    const { port } = new URL(url);
    for (const path of ['/', '/events']) {
      for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1:1${port}`, `[::1]:${port}`]) {
        expect(await ask(url, { path, headers: { Host: host } })).toMatchObject({ status: 421 });
      }
      for (const origin of [
        'http://evil.example',
        'null',
        `https://127.0.0.1:${port}`,
        'http://127.0.0.1:1',
        `http://localhost:${port}`,
      ]) {
        expect(await ask(url, { path, headers: { Origin: origin } })).toMatchObject({ status: 403 });
      }
      for (const site of ['cross-site', 'same-site']) {
        const headers = { 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': 'no-cors' };
        expect(await ask(url, { path, headers })).toMatchObject({ status: 403 });
      }
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        expect(await ask(url, { path, method })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
      }
    }
    const refused = await ask(url, { headers: { Origin: 'http://evil.example' } });
    expect(refused.headers).not.toHaveProperty('access-control-allow-origin');
    expect(refused.body).toBe('asked by a page of another origin\n');
    for (const host of [`localhost:${port}`, `LOCALHOST:${port}`]) {
      expect(await ask(url, { headers: { Host: host } })).toMatchObject({ status: 200 });
    }
    expect(await ask(url, { headers: { Origin: `http://127.0.0.1:${port}` } })).toMatchObject({ status: 200 });
    // A link on another site may lead here.
    const link = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' };
    expect(await ask(url, { headers: link })).toMatchObject({ status: 200 });
  });

  it('nothing is read from elsewhere, framed, or run but our script', async () => {
    const { layout } = await trainedSweep();
    const url = await serve(layout);
    const { headers, body } = await ask(url);
    const policy = headers['content-security-policy'] as string;
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'sha256-[^ ']+'; style-src 'sha256-[^ ']+'; img-src data:; connect-src 'self'; .*frame-ancestors 'none'$/,
    );
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
    });
    expect(body).not.toMatch(/<[^>]+ (style|on[a-z]+)=/);
    expect((await ask(url, { method: 'HEAD' })).body).toBe('');
    expect(await ask(url, { path: '/../../etc/passwd' })).toMatchObject({ status: 404 });
    expect(await ask(url, { path: '/?sweep=nosuch' })).toMatchObject({
      status: 404,
      body: 'no such sweep; here are: tiny\n',
    });
    expect(await ask(url, { path: '//' })).toMatchObject({ status: 404 });
  });

  it('what is no HTTP ends its own connection only', async () => {
    const { layout } = await trainedSweep();
    const url = await serve(layout);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.end('\0\0\0 nonsense\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1.1 400 /);
    expect(await ask(url)).toMatchObject({ status: 200 });
  });
});

describe('sweep serve', () => {
  async function served(...args: string[]) {
    const { child, ended, output } = startCli(['serve', ...args]);
    return { child, ended, url: await output.line() };
  }

  it('prints its address, serves a database of any name anywhere, and ends at Ctrl-C with 0', async () => {
    const { folder } = await trainedSweep();
    const elsewhere = temporaryFolder();
    const file = path.join(elsewhere, 'colleague.db');
    {
      using model = openReadModel(new ResultsLayout(path.join(folder, 'results')));
      expect(model.sweeps()).toHaveLength(1);
    }
    cpSync(path.join(folder, 'results/sweeps.db'), file);
    const { child, ended, url } = await served(file);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const page = await (await fetch(url)).text();
    expect(page).toContain('tiny');
    expect(page).toContain('Not here: its weights are gone.');
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 0, stdout: `${url}\n` });
  });

  it('says what it can not serve', async () => {
    const { folder } = await trainedSweep();
    const results = path.join(folder, 'results');
    const text = path.join(folder, 'notes.txt');
    writeFileSync(text, 'no database');
    const [busy] = [await served(results)];
    const { port } = new URL(busy.url);
    const ends = await Promise.all(
      [
        ['nosuch', '--results', results],
        [path.join(folder, 'nosuch')],
        [folder],
        [text],
        ['--results', folder],
        [results, '--port', port],
        [results, '--port', '70000'],
      ].map((args) => runCli(['serve', ...args])),
    );
    expect(ends.map(({ code }) => code)).toEqual([4, 4, 4, 5, 4, 2, 2]);
    expect(ends.map(({ stdout }) => stdout).join('')).toBe('');
    expect(ends[0]!.stderr).toContain('No sweep called `nosuch`. Sweeps here: tiny.');
    expect(ends[1]!.stderr).toContain('There is nothing at');
    expect(ends[2]!.stderr).toContain('is no results folder: it has no sweeps.db.');
    expect(ends[5]!.stderr).toContain(`Can't listen on port ${port}`);
    busy.child.kill('SIGTERM');
    expect(await busy.ended).toMatchObject({ code: 143 });
  });
});
