/** An agent that so many jobs in a row fail at is left alone for a while: a network or a full disk may be mended. */
const MOST_TROUBLES = 3;
const ALONE_MS = 5 * 60_000;
/** How long an agent is left alone that told what can't be true, the first time and the next; then for good. */
const DOUBTED_MS = [10_000, 60_000] as const;
/**
 * Reports that get lost may be Redis's fault: with its data those of all attempts, which is one reason. Where so often in a
 * row none of an agent's attempts comes to an end in between, they are the agent's.
 */
const MOST_GAPS = 4 * MOST_TROUBLES;
const GAP_MS = 3_000;

/**
 * What the end of an attempt says of its agent: it takes nothing more, its machine is in trouble, it tells nonsense, or not
 * all that it tells arrives.
 */
export interface AgentFault {
  readonly kind: 'end' | 'trouble' | 'lie' | 'gap';
  readonly cause: string;
}

interface Refusal {
  /** In a row. */
  readonly troubles: number;
  readonly gaps: number;
  readonly lies: number;
  /** By our clock. */
  readonly until: number;
  readonly cause: string;
}

/** What agents are not used for, each until when. */
export class Refusals {
  readonly #now: () => number;
  /** By the agent's id. */
  readonly #refusals = new Map<string, Refusal>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** An attempt ended there, and why. */
  blame(id: string, { kind, cause }: AgentFault): void {
    const now = this.#now();
    const before = this.#refusals.get(id) ?? { troubles: 0, gaps: 0, lies: 0, until: 0, cause };
    // What it had been given before.
    if (now < before.until) return;
    const after = { ...before, cause };
    if (kind === 'end') this.#refusals.set(id, { ...after, until: Infinity });
    if (kind === 'trouble') {
      const troubles = before.troubles + 1;
      this.#refusals.set(id, { ...after, troubles, until: troubles < MOST_TROUBLES ? 0 : now + ALONE_MS });
    }
    if (kind === 'gap') {
      const gaps = before.gaps + 1;
      const pauseMs = gaps < MOST_TROUBLES ? GAP_MS : gaps < MOST_GAPS ? ALONE_MS : Infinity;
      this.#refusals.set(id, { ...after, gaps, until: now + pauseMs });
    }
    if (kind === 'lie') {
      const until = now + (DOUBTED_MS[before.lies] ?? Infinity);
      this.#refusals.set(id, { ...after, lies: before.lies + 1, until });
    }
  }

  /** It can do jobs. What it told is not forgotten. */
  began(id: string): void {
    const before = this.#refusals.get(id);
    if (before !== undefined && before.troubles > 0) this.#refusals.set(id, { ...before, troubles: 0 });
  }

  /** All that it told of an attempt has arrived. */
  ended(id: string): void {
    const before = this.#refusals.get(id);
    if (before !== undefined && before.gaps > 0) this.#refusals.set(id, { ...before, gaps: 0 });
  }

  /** Why it is not used now. */
  causeOf(id: string): string | undefined {
    const refusal = this.#refusals.get(id);
    return refusal !== undefined && this.#now() < refusal.until ? refusal.cause : undefined;
  }

  /** For the user: not of the first doubts, which may be a mistake, nor of one that ends, which tells so itself. */
  describe(name: string, id: string): string | undefined {
    const { troubles, lies, gaps, until, cause } = this.#refusals.get(id)!;
    if (lies > DOUBTED_MS.length)
      return `agent ${name} is used no more: three times it told what can't be true. Start it anew there`;
    if (gaps >= MOST_GAPS)
      return `agent ${name} is used no more: ${gaps} times in a row its reports did not all arrive`;
    if (Math.max(troubles, gaps) < MOST_TROUBLES || until === Infinity) return undefined;
    return `agent ${name} is left alone for ${ALONE_MS / 60_000} min: ${cause}`;
  }
}
