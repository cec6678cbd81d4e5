import { openDecoder } from '../../decoder/embedded-decoder.ts';
import { byKl, type LatentsData } from '../../decoder/latents-data.ts';
import { plain } from '../../text/printable.ts';
import { encodeTiles, toTiles } from '../../training/png.ts';

const ROWS = 8;
const COLUMNS = 9;
const REACH = 3;

export interface TraversalSheet {
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** What it shows: a sentence. */
  readonly caption: string;
}

/** The same without dragging: a latent a row, the one that carries most first, which moves from −3 to 3 while all others stay. */
export function traversalSheet({ decoders, best, labels }: LatentsData): TraversalSheet {
  const decoder = decoders[best]!;
  const { model, codes } = decoder;
  const shown = byKl(decoder).slice(0, ROWS);
  const start = codes[0] ?? Array.from({ length: model.latentDim }, () => 0);
  const moved = shown.flatMap((latent) =>
    Array.from({ length: COLUMNS }, (_, i) => start.with(latent, REACH * ((2 * i) / (COLUMNS - 1) - 1))),
  );
  const label = labels?.ofOriginals[0] ?? 0;
  const pixels = openDecoder(decoder).decode(
    Float32Array.from(moved.flat()),
    moved.map(() => label),
  );
  const png = encodeTiles(toTiles(pixels, moved.length, model), COLUMNS);
  const size = new DataView(png.buffer, png.byteOffset);
  const chosen =
    shown.length === model.latentDim
      ? ''
      : ` These are the ${shown.length} of ${model.latentDim} latents with the largest KL.`;
  return {
    png,
    // The header's, after the signature and the chunk's length and name.
    width: size.getUint32(16),
    height: size.getUint32(20),
    caption:
      `Each row moves one latent from −3 to 3${decoder.kl === null ? '' : ', the largest KL first'}; the others stay at ` +
      (codes.length === 0 ? 'the mean of the prior' : 'the code of the first image') +
      `${labels === null ? '' : `, under the label ${plain(labels.names[label]!)}`}.${chosen}`,
  };
}
