/** An agent's side: files to and from a coordinator that shares no folder with it. */
import { createHash, randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { removeQuietly, renameDurably } from '../files/atomic-file.ts';
import { makeFolder } from '../files/make-folder.ts';
import { refuseLinkedFolder } from '../files/no-links.ts';
import { openFile } from '../files/open-file.ts';
import { piecesOf, sha256Of, writePiece } from '../files/pieces.ts';
import type { TrialFile } from '../files/trial-files.ts';
import { Interrupted, untilDone, type Watch, type Patience } from './patience.ts';
import { UPLOAD, wholeNumber } from './protocol.ts';

export interface TransferClientOptions extends Partial<Patience> {
  /** Of the coordinator: `http://host:port`. */
  readonly url: string;
  readonly token: string;
  /** Ends what is under way, and all that is asked for later: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** With any other of these `fetch` keeps the whole body in memory, to send it once more to where a redirect leads. */
const STREAMED = { duplex: 'half', redirect: 'error', window: null } as const;

/** The coordinator refused for good: wrong token, an execution that is over, a body too large, a hash that differs again. */
export class TransferRefused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = 'TransferRefused';
    this.status = status;
  }
}

/** Whether the coordinator has given the execution up. */
export function isOver(error: unknown): boolean {
  return error instanceof TransferRefused && error.status === 410;
}

/**
 * Errors of the network, stalls and trouble of the coordinator's own (5xx) are waited out; what the coordinator refuses is
 * thrown as TransferRefused, and trouble with files here as the system says it.
 */
export class TransferClient {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #patience: Patience;
  constructor(options: TransferClientOptions) {
    const { url, token, signal, stallMs = 20_000, pauseMs = 250, giveUpMs = 120_000, onTrouble } = options;
    this.#url = new URL(url).href.replace(/\/$/, '');
    // `identity`: what is packed on its way has another hash.
    this.#headers = { authorization: `Bearer ${token}`, 'accept-encoding': 'identity' };
    // Throws at a token that no header can hold, which would look like trouble of the network.
    new Headers(this.#headers);
    this.#patience = { signal, stallMs, pauseMs, giveUpMs, onTrouble };
  }

  /** Fetches to `target`, whole and durable, or not at all; its folder is made. False where the coordinator has none. */
  async getTrialFile(execution: string, file: TrialFile, target: string): Promise<boolean> {
    refuseLinkedFolder(path.dirname(target));
    return this.#get(`/trials/${execution}/${file}`, target);
  }

  /** The same for a data set's file. */
  getDataFile(dataset: string, role: string, target: string): Promise<boolean> {
    return this.#get(`/data/${dataset}/${role}`, target);
  }

  /** Sends the file at `source`; resolves once it has taken its place at the coordinator. */
  async putTrialFile(execution: string, file: TrialFile, source: string): Promise<void> {
    const name = `/trials/${execution}/${file}`;
    const { handle, size } = await openFile(source);
    try {
      const sha256 = await sha256Of(handle, size, this.#patience.signal);
      const announced = { [UPLOAD.sha256]: sha256, [UPLOAD.length]: String(size) };
      let [furthest, hasDiffered] = [0, false];
      await untilDone(this.#patience, async (watch) => {
        // Always first: what is refused is so before the body is on its way.
        const told = await this.#ask(watch, name, [204], { method: 'HEAD', headers: announced });
        if (told.headers.has(UPLOAD.complete)) return;
        const offset = wholeNumber(told.headers.get(UPLOAD.offset));
        if (offset === undefined || offset > size) throw this.#noCoordinator(name);
        if (offset > furthest) watch.hasProgressed = true;
        furthest = Math.max(furthest, offset);

        let trouble: unknown;
        const body = async function* (): AsyncGenerator<Uint8Array> {
          try {
            for await (const piece of piecesOf(handle, offset, size)) {
              yield piece;
              watch.alive();
            }
          } catch (error) {
            trouble = error;
            throw error;
          }
        };
        const headers = { ...announced, [UPLOAD.offset]: String(offset) };
        const sent = await this.#ask(watch, name, [204, 409, 422], {
          method: 'PUT',
          ...(offset < size
            ? { headers: { ...headers, 'content-length': String(size - offset) }, body: body(), ...STREAMED }
            : { headers }),
        }).catch((error: unknown) => {
          throw trouble ?? error;
        });
        if (sent.status === 204) return;
        if (sent.status === 422 && hasDiffered) throw this.#refusal(sent, name);
        hasDiffered ||= sent.status === 422;
        throw new Interrupted(sent.statusText);
      });
    } finally {
      await handle.close();
    }
  }

  async #get(name: string, target: string): Promise<boolean> {
    makeFolder(path.dirname(target));
    // Several may fetch the same at the same time.
    const part = `${target}.${randomUUID()}.part`;
    try {
      const handle = await open(part, 'wx');
      try {
        let [received, etag, hash, hasDiffered] = [0, '', createHash('sha256'), false];
        const beginAnew = async (): Promise<void> => {
          [received, hash] = [0, createHash('sha256')];
          await handle.truncate(0);
        };
        const isThere = await untilDone(this.#patience, async (watch) => {
          const rest = received > 0 ? { range: `bytes=${received}-`, 'if-match': etag } : {};
          const response = await this.#ask(watch, name, [200, 204, 206, 412], { headers: rest });
          if (response.status === 204) return false;
          if (response.status !== 206) await beginAnew();
          if (response.status === 412) throw new Interrupted(response.statusText);
          etag = response.headers.get('etag') ?? '';
          if (!/^"[0-9a-f]{64}"$/.test(etag)) throw this.#noCoordinator(name);
          for await (const piece of bodyOf(response, watch)) {
            await writePiece(handle, piece, received);
            hash.update(piece);
            received += piece.length;
            watch.hasProgressed = true;
          }
          if (etag === `"${hash.digest('hex')}"`) return true;
          await beginAnew();
          if (hasDiffered)
            throw new TransferRefused(422, `${this.#url}${name}: twice what arrived was not what was sent.`);
          hasDiffered = true;
          throw new Interrupted('what arrived is not what was sent');
        });
        if (!isThere) return false;
        await handle.sync();
      } finally {
        await handle.close();
      }
      await renameDurably(part, target);
      return true;
    } finally {
      removeQuietly(part);
    }
  }

  /** Throws Interrupted where it may be tried again, and TransferRefused for any other status than those `expected`. */
  async #ask(watch: Watch, name: string, expected: readonly number[], init: RequestInit): Promise<Response> {
    const headers = { ...this.#headers, ...(init.headers as Record<string, string>) };
    let response: Response;
    try {
      response = await fetch(`${this.#url}${name}`, { redirect: 'manual', ...init, headers, signal: watch.signal });
    } catch (error) {
      throw watch.interruption(error);
    }
    watch.alive();
    const hasFile = response.status === 200 || response.status === 206;
    if (!hasFile || !expected.includes(response.status)) await response.body?.cancel().catch(() => undefined);
    if (expected.includes(response.status)) return response;
    // 408: a request took too long, and goes on with the next.
    if (response.status < 500 && response.status !== 408) throw this.#refusal(response, name);
    throw new Interrupted(`HTTP ${response.status} ${response.statusText}`.trimEnd());
  }

  #refusal({ status, statusText }: Response, name: string): TransferRefused {
    return new TransferRefused(status, `${this.#url}${name}: ${statusText || 'refused'} (HTTP ${status}).`);
  }

  #noCoordinator(name: string): TransferRefused {
    return new TransferRefused(502, `${this.#url}${name}: what answers there is no coordinator of vae-sweep.`);
  }
}

async function* bodyOf(response: Response, watch: Watch): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of response.body ?? []) {
      watch.alive();
      yield piece as Uint8Array;
    }
  } catch (error) {
    throw watch.interruption(error);
  }
}
