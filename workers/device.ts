/** Entry of a device process: one per device, started by the coordinator (src/executor/device-process.ts). */
import { hostDevice } from '../src/executor/device-host.ts';

hostDevice();
