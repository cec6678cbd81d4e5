import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';

export interface PngOptions {
  /** Pixels of the picture for one of the SVG's. */
  readonly scale?: number;
  /** A CSS colour behind everything; without it what the SVG leaves empty is transparent. */
  readonly background?: string;
}

/** The font that text is drawn in, for an SVG's own `font-family`: first the one that is inside the package. */
export const FONT_FAMILY = "Inter, 'Helvetica Neue', Arial, sans-serif";

/**
 * Draws an SVG, by resvg compiled to WebAssembly and fonts that come along: the same bytes on every machine, with or
 * without fonts. There are two weights, 400 and 600; every font family is drawn as Inter. Throws an Error for what is
 * no SVG.
 */
export async function svgToPng(svg: string, { scale = 1, background }: PngOptions = {}): Promise<Uint8Array> {
  const fontBuffers = await (loading ??= load());
  const drawing = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: scale },
    ...(background !== undefined && { background }),
    font: { fontBuffers, ...FAMILIES },
  });
  try {
    const image = drawing.render();
    try {
      return image.asPng();
    } finally {
      image.free();
    }
  } finally {
    drawing.free();
  }
}

const INTER = 'Inter';
const FAMILIES = {
  defaultFontFamily: INTER,
  serifFamily: INTER,
  sansSerifFamily: INTER,
  monospaceFamily: INTER,
};

const WASM = '@resvg/resvg-wasm/index_bg.wasm';
const FONTS = ['inter-ui/web/Inter-Regular.woff2', 'inter-ui/web/Inter-SemiBold.woff2'];

/** resvg may be initialised once in a process. */
let loading: Promise<Uint8Array[]> | undefined;

async function load(): Promise<Uint8Array[]> {
  const { resolve } = createRequire(import.meta.url);
  const [wasm, ...fonts] = await Promise.all([WASM, ...FONTS].map((file) => readFile(resolve(file))));
  await initWasm(wasm!);
  return fonts;
}
