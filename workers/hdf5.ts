/** Entry of a thread that reads one HDF5 file (src/data/own/hdf5/hdf5-thread.ts). */
import { serveHdf5 } from '../src/data/own/hdf5/hdf5-thread.ts';

serveHdf5();
