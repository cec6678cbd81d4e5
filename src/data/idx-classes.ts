import { readContent, sha256 } from './content.ts';
import type { ImageClasses } from './definition.ts';
import { fileOf } from './file-of.ts';

interface LabelFile {
  /** Without `.gz`. */
  readonly name: string;
  readonly images: number;
  /** Of the uncompressed file: labels of other images have files of the same name and size. */
  readonly sha256: string;
}

const HEADER_BYTES = 8;

/**
 * Labels in files beside the images, a byte each, for the images in their order; nothing else needs them, so they may be
 * missing. A file is read where images of it are asked for.
 */
export function idxClasses({ names, files }: { names: readonly string[]; files: readonly LabelFile[] }): ImageClasses {
  return {
    names,
    async of(indices, folder) {
      const classes = new Uint8Array(indices.length);
      let first = 0;
      for (const file of files) {
        const isOfFile = (index: number): boolean => index >= first && index < first + file.images;
        if (indices.some(isOfFile)) {
          const labels = await labelsIn(folder, file);
          if (labels === undefined) return undefined;
          for (const [i, index] of indices.entries()) if (isOfFile(index)) classes[i] = labels[index - first]!;
        }
        first += file.images;
      }
      return classes;
    },
  };
}

async function labelsIn(folder: string | undefined, file: LabelFile): Promise<Uint8Array | undefined> {
  const found = folder === undefined ? undefined : await fileOf(folder, file.name);
  if (found === undefined) return undefined;
  const { bytes } = await readContent(found, HEADER_BYTES + file.images);
  return sha256(bytes) === file.sha256 ? bytes.subarray(HEADER_BYTES) : undefined;
}
