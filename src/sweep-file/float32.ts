import type { z } from 'zod';

/** The least number with all of its 24 bits, and the greatest. */
const LEAST = 2 ** -126;
const GREATEST = 2 ** 128 - 2 ** 104;

/**
 * Training computes in single precision: a number beyond would be infinite there, one too small zero, and the trial not
 * the one that was asked for. The hints say what may have been meant.
 */
export function float32(
  number: z.ZodNumber,
  { tooLarge, tooSmall }: { tooLarge?: string; tooSmall?: string } = {},
): z.ZodNumber {
  return number.superRefine((value, context) => {
    const size = Math.abs(value);
    if (size === 0 || (size >= LEAST && size <= GREATEST)) return;
    const params = { code: 'out_of_range', hint: size > GREATEST ? tooLarge : tooSmall };
    const message = `training computes with 32 bits, which hold numbers from 1.18e-38 to 3.4e38, got ${value}`;
    context.addIssue({ code: 'custom', message, params });
  });
}
