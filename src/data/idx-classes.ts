import { readContent, sha256 } from './content.ts';
import type { ImageClasses } from './definition.ts';
import { fileOf } from './file-of.ts';

interface LabelFile {
  readonly names: readonly string[];
  /** Without `.gz`. It holds the labels of the training images: held-out images are some of them. */
  readonly file: string;
  readonly images: number;
  /** Of the uncompressed file: labels of other images have files of the same name and size. */
  readonly sha256: string;
}

const HEADER_BYTES = 8;

/** Labels in a file beside the images, a byte each; nothing else needs it, so it may be missing. */
export function idxClasses({ names, file, images, sha256: hash }: LabelFile): ImageClasses {
  return {
    names,
    async of(indices, folder) {
      const found = folder === undefined ? undefined : await fileOf(folder, file);
      if (found === undefined) return undefined;
      const { bytes } = await readContent(found, HEADER_BYTES + images);
      if (sha256(bytes) !== hash) return undefined;
      return Uint8Array.from(indices, (index) => bytes[HEADER_BYTES + index]!);
    },
  };
}
