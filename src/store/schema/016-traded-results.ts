/**
 * Of a search towards several objectives: what a proposal came to in each, in the order of the spec, as others saw it,
 * `[{"value":…,"error":…},…]`. NULL where there is one objective; `value` and `error` are of that which ranks in either case.
 */
export const TRADED_RESULTS = `
ALTER TABLE proposals ADD COLUMN traded TEXT CHECK (traded IS NULL OR json_valid(traded));
`;
