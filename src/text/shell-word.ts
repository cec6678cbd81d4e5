/** A word for a shell, quoted where it needs to be. */
export function shellWord(word: string): string {
  return /^[\w.=:,/+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
