import type { ModelShape } from '../../src/model/architecture.ts';
import { PeerProcess } from './peer-process.ts';
import type { PeerSetup } from './peer-setup.ts';

export const BATCH_SIZE = 128;

export interface PeerModel {
  readonly model: ModelShape;
  /** File of images of the model's size, the channels of a pixel together. */
  readonly images: string;
  /** In double precision: slow, but what the others are held against. */
  readonly double?: boolean;
}

/** A PyTorch process that trains one model. */
export class PeerStep {
  readonly #process: PeerProcess;

  constructor({ model, images, double = false }: PeerModel, { env, settings }: PeerSetup) {
    const { architecture, own, latentDim, height, width, channels } = model;
    const widths = own['hidden'] ?? own['channels'];
    const shape = { architecture, widths, latent_dim: latentDim, height, width, channels };
    this.#process = new PeerProcess(
      'step.py',
      { ...shape, sigma: own['sigma'], batch_size: BATCH_SIZE, images, double, ...settings },
      env,
    );
  }

  async ready(): Promise<{ readonly weights: number; readonly kernels: string | null; readonly preloaded: boolean }> {
    return (await this.#process.answer()) as Awaited<ReturnType<PeerStep['ready']>>;
  }

  /** What one of so many steps took, and their mean loss. */
  async train(steps: number): Promise<{ readonly ms: number; readonly loss: number }> {
    const { seconds, loss } = (await this.#process.ask({ steps })) as { seconds: number; loss: number };
    return { ms: (1000 * seconds) / steps, loss };
  }

  close(): Promise<void> {
    return this.#process.close();
  }
}
