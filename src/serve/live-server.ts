/** `sweep serve`: the report's page for a browser on this machine, and what happens since, by server-sent events. Read-only. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf, SweepError } from '../errors.ts';
import type { ResultsLayout } from '../files/paths.ts';
import type { LivePage } from '../page/page-content.ts';
import { EventStream, MESSAGE_INTERVAL_MS } from './event-stream.ts';
import { refusalOf } from './request-check.ts';
import { ServedSweeps } from './served-sweeps.ts';
import { watchResults } from './watch-results.ts';

export interface ServedPage {
  readonly html: string;
  /** Its Content-Security-Policy. */
  readonly policy: string;
}

export interface LiveServerOptions {
  readonly layout: ResultsLayout;
  /** Shown first; by default the one started last. */
  readonly name: string | undefined;
  /** 0: any that is free. */
  readonly port: number;
  /** Draws the page of a sweep as it is now. */
  readonly renderPage: (live: LivePage) => Promise<ServedPage>;
  /** What kept it from reading the results anew; it goes on. */
  readonly onTrouble: (message: string) => void;
}

export interface LiveServer extends AsyncDisposable {
  readonly url: string;
}

/** Only this machine. */
const ADDRESS = '127.0.0.1';
/** More than a person has tabs; a browser that forgot to close them, or a program gone wild, is refused. */
const MOST_READERS = 100;
const BREATH_MS = 15_000;

const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

/** @throws SweepError NOT_FOUND and STORE_* where there is nothing to serve, USAGE for a port that can't be had */
export async function startLiveServer(options: LiveServerOptions): Promise<LiveServer> {
  const { layout, name, onTrouble } = options;
  const stop = new AbortController();
  const sweeps = new ServedSweeps(layout, name);
  /** Revisions of another server mean nothing here. */
  const instance = randomBytes(6).toString('hex');
  let isTroubled = false;
  watchResults(layout, stop.signal, {
    read: (model) => {
      sweeps.read(model);
      isTroubled = false;
    },
    isRunning: () => sweeps.isAnyRunning,
    onTrouble: (error) => {
      // Once, not each quarter of a second.
      if (!isTroubled) onTrouble(messageOf(error));
      isTroubled = true;
    },
  });

  const readers = new Set<EventStream>();
  const ticks = setInterval(() => {
    const now = performance.now();
    for (const reader of readers) reader.tellIfDue(now);
  }, MESSAGE_INTERVAL_MS / 5);
  const breaths = setInterval(() => {
    for (const reader of readers) reader.breathe();
  }, BREATH_MS);

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { port } = server.address() as AddressInfo;
    const refusal = refusalOf(request, port);
    if (refusal !== null) {
      refuse(response, refusal.status, refusal.reason);
      return;
    }
    // As it was written: `//` is a path here, and no host.
    const [path = '', ...rest] = (request.url ?? '/').split('?');
    const query = new URLSearchParams(rest.join('?'));
    if (path !== '/' && path !== '/events') {
      refuse(response, 404, 'nothing of this name');
      return;
    }
    const asked = query.get('sweep') ?? sweeps.shown;
    const sweep = sweeps.called(asked);
    if (sweep === undefined) {
      refuse(response, 404, `no such sweep; here are: ${sweeps.names.join(', ')}`);
      return;
    }
    if (path === '/') {
      // Before it is drawn: what changes meanwhile is told again, rather than not at all.
      const events = `/events?${new URLSearchParams({ sweep: asked, since: `${instance}-${sweep.revision}` }).toString()}`;
      const { html, policy } = await options.renderPage({ sweep: asked, sweeps: sweeps.names, events });
      response.writeHead(200, {
        ...HEADERS,
        'Content-Security-Policy': `${policy}; frame-ancestors 'none'`,
        'Content-Type': 'text/html; charset=utf-8',
      });
      response.end(request.method === 'HEAD' ? undefined : html);
      return;
    }
    if (readers.size >= MOST_READERS) {
      refuse(response, 503, 'too many readers');
      return;
    }
    response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/event-stream; charset=utf-8' });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const since = request.headers['last-event-id'] ?? query.get('since') ?? undefined;
    const reader = new EventStream(response, sweep, instance, typeof since === 'string' ? since : undefined);
    readers.add(reader);
    response.on('close', () => readers.delete(reader));
    reader.tellIfDue(performance.now());
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      onTrouble(messageOf(error));
      if (response.headersSent) response.destroy();
      else refuse(response, 500, messageOf(error));
    });
  });
  const close = async (): Promise<void> => {
    stop.abort();
    clearInterval(ticks);
    clearInterval(breaths);
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  try {
    await listen(server, options.port);
  } catch (error) {
    await close();
    throw new SweepError(
      'USAGE',
      `Can't listen on port ${options.port}: ${messageOf(error)}. Name another with --port.`,
      {
        cause: error,
      },
    );
  }
  const { port } = server.address() as AddressInfo;
  return { url: `http://${ADDRESS}:${port}/`, [Symbol.asyncDispose]: close };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, ADDRESS, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  const allow = status === 405 ? { Allow: 'GET, HEAD' } : {};
  response.writeHead(status, {
    ...HEADERS,
    ...allow,
    'Content-Type': 'text/plain; charset=utf-8',
    Connection: 'close',
  });
  response.end(`${reason}\n`);
}
