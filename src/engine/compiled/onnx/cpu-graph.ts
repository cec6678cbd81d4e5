import { GraphBuilder, type Attribute, type Value } from './graph.ts';

const NCHWC = 'com.microsoft.nchwc';

/**
 * A graph for this processor, where ONNX Runtime has operators on blocks of channels (NCHWc): [N, C / block, height, width,
 * block], told as [N, C, height, width]. It takes them by itself only for weights that stay.
 */
export class CpuGraph extends GraphBuilder {
  /** Blocks of the channels of x: [N, height, width, C], or [N, C, height, width] where `last` is false. */
  toBlocks(x: Value, last = true): Value {
    return this.#nchwc('ReorderInput', [x], { channels_last: Number(last) });
  }

  /** [N, height, width, `channels`] of blocks. */
  fromBlocks(blocks: Value, channels: number): Value {
    return this.#nchwc('ReorderOutput', [blocks], { channels, channels_last: 1 });
  }

  /**
   * The convolution of blocks, or of planes [N, C, height, width] of fewer channels than a block has, with a filter
   * [out, in, height, width] whose numbers lie as [out / block, in / block, height, width, block of in, block of out].
   */
  convolveBlocks(
    [x, filter]: readonly [Value, Value],
    window: Readonly<Record<string, readonly number[]>>,
    bias?: Value,
  ): Value {
    return this.#nchwc('Conv', bias === undefined ? [x, filter] : [x, filter, bias], window);
  }

  #nchwc(type: string, inputs: readonly Value[], attributes: Readonly<Record<string, Attribute>>): Value {
    return this.opsOf(NCHWC, type, inputs, attributes, 1)[0]!;
  }
}
