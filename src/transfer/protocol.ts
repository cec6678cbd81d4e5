/**
 * What both ends say, in the channel of `channel.ts`. Files are at `/trials/<execution>/<file>` and `/data/<dataset>/<role>`. GET has `Range` and `If-Match`, the
 * ETag is the sha256; 204 where there is no such file. HEAD of a trial's file announces an upload, and is told what of it has
 * arrived; PUT sends the rest.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { EXECUTION_ID, TRIAL_FILES, type TrialFile } from '../files/trial-files.ts';

export const UPLOAD = {
  /** Of the whole file, in hexadecimal. */
  sha256: 'upload-sha256',
  /** Bytes of the whole file. */
  length: 'upload-length',
  /** Bytes that have arrived; where the body of a PUT begins. */
  offset: 'upload-offset',
  /** In the answer to a HEAD: this very file has taken its place. */
  complete: 'upload-complete',
} as const;

export const OVER = 'this execution is over';

/** What is answered instead of what was asked for. The message is sent as it is: ASCII, and no path of this machine. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
  }
}

export interface AskedTrialFile {
  readonly kind: 'trial';
  readonly execution: string;
  readonly file: TrialFile;
}

export interface AskedDataFile {
  readonly kind: 'data';
  readonly dataset: string;
  readonly role: string;
}

const DATA_NAME = /^[\w.-]{1,80}$/;
const LONGEST_PATH = 300;

/** Of all that a path may hold, only these few forms go any further. Nothing in them is decoded. Throws Refusal. */
export function askedBy(url: string): AskedTrialFile | AskedDataFile {
  if (url.length > LONGEST_PATH) throw new Refusal(414, 'no path is as long as this');
  const [before, kind, owner = '', name = '', ...more] = url.split('/');
  if (before === '' && more.length === 0) {
    if (kind === 'trials' && Object.hasOwn(TRIAL_FILES, name)) {
      if (!EXECUTION_ID.test(owner)) throw new Refusal(400, 'no execution is called like this');
      return { kind: 'trial', execution: owner, file: name as TrialFile };
    }
    if (kind === 'data' && DATA_NAME.test(owner) && DATA_NAME.test(name)) {
      return { kind: 'data', dataset: owner, role: name };
    }
  }
  throw new Refusal(404, 'nothing of this name');
}

export interface Announced {
  readonly sha256: string;
  readonly length: number;
}

/** Throws Refusal. */
export function announcedBy(headers: IncomingHttpHeaders, maxBytes: number): Announced {
  const sha256 = headers[UPLOAD.sha256];
  const length = wholeNumber(headers[UPLOAD.length]);
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256) || length === undefined) {
    throw new Refusal(400, `${UPLOAD.sha256} and ${UPLOAD.length} must say what is sent`);
  }
  if (length > maxBytes) throw new Refusal(413, `larger than ${maxBytes} bytes`);
  return { sha256, length };
}

/** Where the body of a PUT begins in the file; it must bring all that is missing from there on. Throws Refusal. */
export function offsetBy(headers: IncomingHttpHeaders, { length }: Announced): number {
  if (headers['content-length'] === undefined) throw new Refusal(411, 'no content-length');
  const [offset, rest] = [wholeNumber(headers[UPLOAD.offset]), wholeNumber(headers['content-length'])];
  if (offset === undefined || rest === undefined || offset + rest !== length) {
    throw new Refusal(400, `${UPLOAD.offset} and content-length must come to ${UPLOAD.length}`);
  }
  return offset;
}

/** Undefined for what isn't one, or is beyond any file. */
export function wholeNumber(text: unknown): number | undefined {
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
