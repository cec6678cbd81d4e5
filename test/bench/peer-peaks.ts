import { COPIES, PRODUCTS, SIZE, peaksOf, type Peaks } from './floor.ts';
import { PeerProcess } from './peer-process.ts';
import type { PeerSetup } from './peer-setup.ts';

/** A numpy process that multiplies and copies what our own peak meter does. */
export class PeerPeaks {
  readonly #process: PeerProcess;
  readonly #floats: number;

  constructor(floats: number, { env }: PeerSetup) {
    this.#floats = floats;
    this.#process = new PeerProcess('products.py', { size: SIZE, floats }, env);
  }

  async ready(): Promise<{ readonly error: number; readonly kernels: string | null; readonly preloaded: boolean }> {
    return (await this.#process.answer()) as Awaited<ReturnType<PeerPeaks['ready']>>;
  }

  async measure(): Promise<Peaks> {
    const question = { products: PRODUCTS, copies: COPIES };
    const seconds = (await this.#process.ask(question)) as { products: number; copies: number };
    return peaksOf(1000 * seconds.products, 1000 * seconds.copies, this.#floats);
  }

  close(): Promise<void> {
    return this.#process.close();
  }
}
