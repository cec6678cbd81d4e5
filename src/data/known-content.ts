import { idxBytes, IDX_ROLES, type CatalogEntry, type IdxEntry, type IdxRole } from './catalog.ts';
import { readContent, sha256 } from './content.ts';

export interface KnownContent {
  readonly entry: IdxEntry;
  readonly role: IdxRole;
}

/** Which of the catalog's files this is, by its content; undefined for any other. */
export async function knownContent(file: string, catalog: readonly CatalogEntry[]): Promise<KnownContent | undefined> {
  const { bytes, trouble } = await readContent(file, largestBytes(catalog));
  if (trouble !== undefined) return undefined;
  const hash = sha256(bytes);
  for (const entry of idxEntries(catalog)) {
    const role = IDX_ROLES.find((one) => entry.files[one].sha256 === hash);
    if (role !== undefined) return { entry, role };
  }
  return undefined;
}

/** More than this no file of the catalog unpacks to. */
export function largestBytes(catalog: readonly CatalogEntry[]): number {
  return Math.max(...idxEntries(catalog).flatMap((entry) => IDX_ROLES.map((role) => idxBytes(entry, role))));
}

function idxEntries(catalog: readonly CatalogEntry[]): IdxEntry[] {
  return catalog.filter((entry) => entry.kind === 'idx');
}
