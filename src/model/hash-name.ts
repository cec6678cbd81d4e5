/**
 * What identities and random draws call a parameter: `latent_dim` → `latentDim`. Results and searches of people follow
 * from it, so it stays as it is.
 */
export function hashName(parameter: string): string {
  return parameter.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
