/** Which implementation trains, and on what: `compiled` on `cpu`, `cuda` or `webgpu`; `eager` on `cpu` or `cuda`. */
export interface EngineChoice {
  readonly engine: 'compiled' | 'eager';
  readonly provider: 'cpu' | 'cuda' | 'webgpu';
}
