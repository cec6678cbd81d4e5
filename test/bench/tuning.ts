/** Variables that tune allocators, threads and kernels of the libraries a program loads. */
const TUNING =
  /^(ATEN|BLIS|DNNL|GLIBC_TUNABLES|GOMP|GOTO|KMP|LD_PRELOAD|MALLOC|MKL|OMP|ONEDNN|OPENBLAS|PYTORCH|TCMALLOC)/;

/**
 * What the shell tunes, for whatever reason, must neither hold a peer back nor speed ours up. What a peer needs to be at
 * its best comes from the probe.
 */
export function untuned(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !TUNING.test(name)));
}

/** Takes it out of the environment of all that this process starts from now on, and returns it. */
export function withholdTuning(): string[] {
  const names = Object.keys(process.env).filter((name) => TUNING.test(name));
  const withheld = names.map((name) => `${name}=${process.env[name] ?? ''}`);
  for (const name of names) Reflect.deleteProperty(process.env, name);
  return withheld;
}
