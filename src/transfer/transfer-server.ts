/** The coordinator's side of a trial's files, and of data, for agents that share no folder with it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getSystemErrorMap } from 'node:util';
import { messageOf, SweepError } from '../errors.ts';
import type { TrialFile, TrialFiles } from '../files/trial-files.ts';
import { serverChannel } from './channel.ts';
import { FileHashes } from './file-hashes.ts';
import { announcedBy, askedBy, offsetBy, OVER, Refusal, UPLOAD, type AskedTrialFile } from './protocol.ts';
import { serveFile } from './serve-file.ts';
import { Uploads } from './uploads.ts';

/** What an execution may do with the files of its trial. */
export interface OpenFiles {
  readonly files: TrialFiles;
  readonly reads: readonly TrialFile[];
  readonly writes: readonly TrialFile[];
}

export interface TransferServerOptions {
  /** What whoever asks must know: who doesn't can't connect. */
  readonly token: string;
  /**
   * What an execution may read and write now; undefined once it is over or was never. Asked when a request begins and
   * again right before a written file takes its place, so that a zombie replaces nothing.
   */
  readonly filesOf: (execution: string) => OpenFiles | undefined;
  /** Absolute path of a data set's file; undefined for none. Both names are the asker's, and may be any `[\w.-]{1,80}`. */
  readonly dataFile: (dataset: string, role: string) => string | undefined;
  /** By default all interfaces. */
  readonly host?: string | undefined;
  /** By default one that is free. */
  readonly port?: number | undefined;
  /** The largest file that is taken; by default 16 GiB. */
  readonly maxBytes?: number | undefined;
  /** A connection on which nothing moves for so many milliseconds is closed; by default a minute. */
  readonly idleMs?: number | undefined;
  /** What failed on this side, beside the answer that says so: a full disk, a path that can't be written, a bug. */
  readonly onTrouble?: ((error: unknown) => void) | undefined;
  /** Files of this execution's trial, and of no other, can't be used here: asking again is in vain. */
  readonly onOwnTrouble?: ((execution: string, error: unknown) => void) | undefined;
}

export interface TransferServer extends AsyncDisposable {
  readonly port: number;
  /** Ends the uploads of an execution that is over, and removes its partial files. */
  forget(execution: string): void;
}

const HANDSHAKE_MS = 20_000;
/** A request may take so long; a file that takes longer goes on with the next one. Bounds who sends slowly. */
const REQUEST_MS = 600_000;
const LIMITS = {
  maxHeaderSize: 8192,
  headersTimeout: 20_000,
  requestTimeout: REQUEST_MS,
  connectionsCheckingInterval: 5_000,
} as const;
/** More than agents have open at a time, each for a while after its last request. */
const MOST_CONNECTIONS = 4000;
const METHODS = { trial: ['GET', 'HEAD', 'PUT'], data: ['GET'] } as const;

/** Serves until disposed, which ends open requests at once and removes partial files. Throws SweepError USAGE. */
export async function startTransferServer(options: TransferServerOptions): Promise<TransferServer> {
  const { token, dataFile, host, port = 0, maxBytes = 16 * 2 ** 30, idleMs = 60_000, onTrouble } = options;
  const stop = new AbortController();
  const hashes = new FileHashes(stop.signal);
  const filesFor = (use: 'reads' | 'writes', { execution, file }: AskedTrialFile): TrialFiles => {
    if (stop.signal.aborted) throw new Refusal(503, 'the coordinator ends');
    const open = options.filesOf(execution);
    if (open === undefined) throw new Refusal(410, OVER);
    if (!open[use].includes(file)) throw new Refusal(403, `${file} is not among what this execution ${use}`);
    return open.files;
  };
  const uploads = new Uploads((asked) => filesFor('writes', asked), hashes);

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = askedBy(request.url ?? '');
    const methods: readonly string[] = METHODS[asked.kind];
    if (!methods.includes(request.method ?? '')) {
      response.setHeader('Allow', methods.join(', '));
      throw new Refusal(405, `here is only ${methods.join(', ')}`);
    }
    if (asked.kind === 'data') {
      await serveFile(dataFile(asked.dataset, asked.role), request, response, hashes);
      return;
    }
    const files = filesFor(request.method === 'GET' ? 'reads' : 'writes', asked);
    try {
      if (request.method === 'GET') {
        await serveFile(files.path(asked.file), request, response, hashes);
        return;
      }
      const announced = announcedBy(request.headers, maxBytes);
      if (request.method === 'PUT') {
        await uploads.receive(request, asked, announced, offsetBy(request.headers, announced));
        response.writeHead(204).end();
        return;
      }
      const arrived = await uploads.look(request, asked, announced);
      response.writeHead(204, arrived === 'complete' ? { [UPLOAD.complete]: '1' } : { [UPLOAD.offset]: arrived }).end();
    } catch (error) {
      const code = codeOf(error);
      if (!files.isOwnTrouble(code)) throw error;
      onTrouble?.(error);
      options.onOwnTrouble?.(asked.execution, error);
      throw new Refusal(403, `the trial's folder does not take or give it: ${describe(code!)}`);
    }
  };

  const answering = new Set<Promise<void>>();
  const limits = { ...LIMITS, handshakeTimeout: Math.min(idleMs, HANDSHAKE_MS) };
  const server = createServer({ ...limits, ...serverChannel(token) }, (request, response) => {
    const answered = answer(request, response)
      .catch((error: unknown) => {
        // Nobody hears it: the connection broke, or the file's bytes were already on their way.
        if (request.socket.destroyed || response.headersSent) response.destroy();
        else refuse(request, response, refusalOf(error, onTrouble));
      })
      .finally(() => answering.delete(answered));
    answering.add(answered);
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.timeout = idleMs;
  // An agent that trains for long between two files need not shake hands for each.
  server.keepAliveTimeout = idleMs;

  const close = async (): Promise<void> => {
    stop.abort();
    uploads.forget();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await Promise.all([closed, ...answering]);
  };
  try {
    await listen(server, port, host);
  } catch (error) {
    await close();
    const place = host === undefined ? `port ${port}` : `${host}, port ${port}`;
    throw new SweepError('USAGE', `Can't listen on ${place}: ${messageOf(error)}. Name another.`, { cause: error });
  }
  // As where file handles run out: whoever asks tries again.
  server.on('error', (error) => onTrouble?.(error));
  return {
    port: (server.address() as AddressInfo).port,
    forget: (execution) => uploads.forget(execution),
    [Symbol.asyncDispose]: close,
  };
}

function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // All agents may come at once.
    server.listen({ port, host, backlog: MOST_CONNECTIONS }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** What is said of an error: of a disk its code, which the other side may wait out, and of anything else nothing. */
function refusalOf(error: unknown, onTrouble: TransferServerOptions['onTrouble']): Refusal {
  if (error instanceof Refusal) return error;
  onTrouble?.(error);
  const code = codeOf(error);
  return code === undefined ? new Refusal(500, 'this failed at the coordinator') : new Refusal(507, describe(code));
}

/** What the system calls the trouble; undefined for errors that aren't its. */
function codeOf(error: unknown): string | undefined {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall === undefined ? undefined : code;
}

/** Without the path, which the system's message has. */
function describe(code: string): string {
  const [, words] = [...getSystemErrorMap().values()].find(([name]) => name === code) ?? [code, 'no more is known'];
  return `${code}, ${words}`;
}

function refuse(request: IncomingMessage, response: ServerResponse, { status, message }: Refusal): void {
  // The reason also in the status line, since the answer to a HEAD has no body.
  response.writeHead(status, message, {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(`${message}\n`);
  request.resume();
}
