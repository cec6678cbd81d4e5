import { KEPT_RESULT } from './006-kept-result.ts';

/**
 * What computed each attempt (training/bit-class.ts): agents on several machines may differ in it. NULL like its device
 * where its job never started, and in all that earlier versions recorded. The view is that of 006, with one column more.
 */
export const BIT_CLASS = `
ALTER TABLE attempts ADD COLUMN bit_class TEXT;
${KEPT_RESULT.replace('planned_epochs, numerics_version\n', 'planned_epochs, numerics_version, bit_class\n').replace(
  't.numerics_version\nFROM',
  't.numerics_version, a.bit_class\nFROM',
)}`;
