/** An agent's side: files to and from a coordinator that shares no folder with it. */
import { createHash, randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { removeQuietly, renameDurably } from '../files/atomic-file.ts';
import { makeFolder } from '../files/make-folder.ts';
import { refuseLinkedFolder } from '../files/no-links.ts';
import { openFile } from '../files/open-file.ts';
import { piecesOf, sha256Of, writePiece } from '../files/pieces.ts';
import type { TrialFile } from '../files/trial-files.ts';
import { exchange, NoChannel, type Exchange } from './exchange.ts';
import { Interrupted, untilDone, type Watch, type RetryPolicy } from './until-done.ts';
import { UPLOAD, wholeNumber } from './protocol.ts';

export interface TransferClientOptions extends Partial<RetryPolicy> {
  /** Of the coordinator: `https://host:port`. */
  readonly url: string;
  readonly token: string;
  /** Ends what is under way, and all that is asked for later: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The coordinator refused for good: wrong token, an execution that is over, a body too large, a hash that differs again. */
class TransferRefused extends Error {
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
  readonly #token: string;
  readonly #policy: RetryPolicy;
  constructor(options: TransferClientOptions) {
    const { url, token, signal, stallMs = 20_000, pauseMs = 250, giveUpMs = 120_000, onTrouble } = options;
    this.#url = new URL(url).href.replace(/\/$/, '');
    this.#token = token;
    this.#policy = { signal, stallMs, pauseMs, giveUpMs, onTrouble };
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
      const sha256 = await sha256Of(handle, size, this.#policy.signal);
      const announced = { [UPLOAD.sha256]: sha256, [UPLOAD.length]: String(size) };
      let [furthest, hasDiffered] = [0, false];
      await untilDone(this.#policy, async (watch) => {
        // Always first: what is refused is so before the body is on its way.
        const told = await this.#ask(watch, name, [204], { method: 'HEAD', headers: announced });
        if (told.headers[UPLOAD.complete] !== undefined) return;
        const offset = wholeNumber(told.headers[UPLOAD.offset]);
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
            ? { headers: { ...headers, 'content-length': String(size - offset) }, body: body() }
            : { headers }),
        }).catch((error: unknown) => {
          throw trouble ?? error;
        });
        if (sent.statusCode === 204) return;
        if (sent.statusCode === 422 && hasDiffered) throw this.#refusal(sent, name);
        hasDiffered ||= sent.statusCode === 422;
        throw new Interrupted(sent.statusMessage);
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
        const isThere = await untilDone(this.#policy, async (watch) => {
          const rest: Record<string, string> = received > 0 ? { range: `bytes=${received}-`, 'if-match': etag } : {};
          const response = await this.#ask(watch, name, [200, 204, 206, 412], { headers: rest });
          if (response.statusCode === 204) return false;
          if (response.statusCode !== 206) await beginAnew();
          if (response.statusCode === 412) throw new Interrupted(response.statusMessage);
          etag = response.headers.etag ?? '';
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
  async #ask(
    watch: Watch,
    name: string,
    expected: readonly number[],
    asked: Pick<Exchange, 'method' | 'headers' | 'body'>,
  ): Promise<IncomingMessage> {
    let response: IncomingMessage;
    try {
      response = await exchange(`${this.#url}${name}`, { ...asked, token: this.#token, signal: watch.signal });
    } catch (error) {
      if (error instanceof NoChannel) throw this.#noChannel(error);
      throw watch.interruption(error);
    }
    watch.alive();
    const { statusCode: status = 0, statusMessage = '' } = response;
    const hasFile = status === 200 || status === 206;
    if (!hasFile) response.resume();
    else if (!expected.includes(status)) response.destroy();
    if (expected.includes(status)) return response;
    // 408: a request took too long, and goes on with the next.
    if (status < 500 && status !== 408) throw this.#refusal(response, name);
    throw new Interrupted(`HTTP ${status} ${statusMessage}`.trimEnd());
  }

  #refusal({ statusCode = 0, statusMessage = '' }: IncomingMessage, name: string): TransferRefused {
    return new TransferRefused(statusCode, `${this.#url}${name}: ${statusMessage || 'refused'} (HTTP ${statusCode}).`);
  }

  #noCoordinator(name: string): TransferRefused {
    return new TransferRefused(502, `${this.#url}${name}: what answers there is no coordinator of vae-sweep.`);
  }

  #noChannel({ message }: NoChannel): TransferRefused {
    return new TransferRefused(
      401,
      `${this.#url}: what answers there does not know this run's token (${message.trim()}).`,
    );
  }
}

async function* bodyOf(response: IncomingMessage, watch: Watch): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of response) {
      watch.alive();
      yield piece as Uint8Array;
    }
  } catch (error) {
    throw watch.interruption(error);
  }
}
