/** What a data set has many of: images, or the rows of a table. */
export type SampleNoun = 'image' | 'row';

/** The one place that tells which. */
export function sampleNoun({ isReal }: { readonly isReal?: boolean | undefined } = {}): SampleNoun {
  return isReal === true ? 'row' : 'image';
}

/** What we say of images, said of what there is: `nats per image` is `nats per row` of a table. For our own words alone. */
export function saidOf(noun: SampleNoun, text: string): string {
  return noun === 'image'
    ? text
    : text.replaceAll(/\b([Ii])mage(s?)\b/g, (_, i: string, s) => `${i === 'I' ? 'R' : 'r'}ow${s}`);
}
