import { statfsSync } from 'node:fs';

/** By the numbers that statfs(2) gives them. Behind FUSE is mostly a server, too: sshfs, virtual machines, object stores. */
const NETWORKS: Readonly<Record<number, string>> = {
  0x6969: 'NFS',
  0x0bd00bd0: 'Lustre',
  0x47504653: 'GPFS',
  0x19830326: 'BeeGFS',
  0xff534d42: 'CIFS',
  0xfe534d42: 'SMB',
  0x517b: 'SMB',
  0x65735546: 'FUSE',
  0x00c36400: 'Ceph',
  0x5346414f: 'AFS',
  0x01021997: '9P',
  0x01161970: 'GFS2',
  0x7461636f: 'OCFS2',
  0xaad7aaea: 'PanFS',
  0x20030528: 'OrangeFS',
};

/**
 * What the file system of a folder is called, if other machines may have it, too; undefined for one of this machine, and
 * for a folder that can't be looked at. `SWEEP_FILE_SYSTEM` (`network` or `local`) is for tests.
 */
export function networkFileSystem(folder: string): string | undefined {
  const told = process.env['SWEEP_FILE_SYSTEM'];
  if (told === 'local') return undefined;
  if (told === 'network') return 'network file system';
  try {
    // Some systems extend the sign.
    return NETWORKS[statfsSync(folder).type >>> 0];
  } catch {
    return undefined;
  }
}
