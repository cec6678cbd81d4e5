import { createHash } from 'node:crypto';
import type { Named } from '../model/named.ts';
import type { DatasetLabels } from '../trial/trial.ts';

/** A data set that a spec may name. One definition says all of it; names, splits, search, downloads and checks follow. Of a user's own it is made from what was read. */
export type CatalogDataset = GeneratedDataset | FileDataset;
export type DatasetDefinition = CatalogDataset | OwnDataset;

interface DatasetBase extends Named {
  /** A clause, for docs/spec.md. */
  readonly description: string;
  readonly height: number;
  readonly width: number;
  /** 1: grey. */
  readonly channels: number;
  /** How many images there are in all. */
  readonly images: number;
  /** Sizes of the splits when the settings say nothing. Test and validation images are never trained on. */
  readonly splits: { readonly train: number; readonly validation: number; readonly test: number };
  /** Whether the test images are a set of their own, the last ones; otherwise they are drawn from all of them. */
  readonly hasTestSet: boolean;
  /** Whether every value is 0 or 255, so that all binarizations give the same images. */
  readonly isBinary: boolean;
  /** Rows of any numbers, as images of 1×P pixels, each column standardised; absent: images of bytes. */
  readonly isReal?: true;
  /** Rows of counts, which are left as they are. */
  readonly isCounts?: true;
  /** Kinds of images: what `condition: label` tells of them. They colour points, too. */
  readonly classes?: ImageClasses;
}

export interface ImageClasses {
  readonly names: readonly string[];
  /** Of the images with these indices, each an index of `names`; undefined where `folder`, that of the data set's files, doesn't tell. */
  of(indices: Int32Array, folder: string | undefined): Promise<Uint8Array | undefined>;
}

/**
 * The images with these indices, one after another, in memory of their own: height × width × channels bytes each,
 * row-major, the channels of a pixel together.
 */
export type TakeImages = (indices: Int32Array) => Uint8Array<ArrayBuffer>;
/** The same of a user's own, which may be rows of numbers: those, standardised. */
export type TakeValues = (indices: Int32Array) => Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

/** Drawn on demand; nothing to find or download. */
export interface GeneratedDataset extends DatasetBase {
  readonly kind: 'generated';
  /** Raise when the same index gives another image: it is what the fingerprint is made of. */
  readonly recipeVersion: number;
  /** sha256 of 64 of its images, evenly spaced from the first on, as this version of the recipe draws them. */
  readonly sampleSha256: string;
  readonly take: TakeImages;
}

/** Files that hold what the publisher's do. */
export interface FileDataset extends DatasetBase {
  readonly kind: 'files';
  /** Folders on the web that hold the files, to be tried in turn. */
  readonly mirrors: readonly string[];
  /** By role, in the order in which the fingerprint has them. */
  readonly files: Readonly<Record<string, DataFile>>;
  /** Those of labels, beside them: only models that are told labels need them, and they are no part of the fingerprint. */
  readonly labelFiles?: Readonly<Record<string, DataFile>>;
  /** Of the content of each file by its role, unpacked and checked. */
  read(contents: Readonly<Record<string, Buffer<ArrayBuffer>>>): TakeImages;
}

/** Images of a user's own; how they are read, their content says. */
export interface OwnDataset extends DatasetBase {
  readonly kind: 'own';
  readonly fingerprint: string;
}

/** One file of a data set. Its name is without `.gz`: on the web it is compressed, in a folder it may be either. */
export interface DataFile {
  /** `training images`, in messages. */
  readonly holds: string;
  readonly name: string;
  /** Size of the uncompressed file. */
  readonly bytes: number;
  /** What every file of its format and size starts with: one that does not is something else. */
  readonly header: Buffer;
  /** Of the uncompressed file: what a file is known by, whatever its name and however it is compressed. */
  readonly sha256: string;
  readonly gzip: { readonly bytes: number; readonly sha256: string };
}

/** With the files that models need which are told these labels, if any. */
export function withLabelFiles(dataset: FileDataset, labels: DatasetLabels | undefined): FileDataset {
  return labels === undefined ? dataset : { ...dataset, files: { ...dataset.files, ...dataset.labelFiles } };
}

/** `the training images of mnist`. */
export function describeRole({ name, files }: FileDataset, role: string): string {
  return `the ${files[role]!.holds} of ${name}`;
}

/** Hash of a data set's content, known without it: generated data have a recipe, files must hold the original's, and one's own were read. */
export function fingerprintOf(definition: DatasetDefinition): string {
  if (definition.kind === 'own') return definition.fingerprint;
  const content =
    definition.kind === 'generated'
      ? `${definition.name} recipe ${definition.recipeVersion}`
      : Object.entries(definition.files)
          .map(([role, { sha256 }]) => `${role} ${sha256}\n`)
          .join('');
  return createHash('sha256').update(content).digest('hex');
}
