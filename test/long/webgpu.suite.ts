import { loadEngine } from '../../src/engine/load.ts';
import { engineConformance } from '../engine/conformance.ts';

engineConformance('compiled on webgpu', () => loadEngine({ engine: 'compiled', provider: 'webgpu' }));
