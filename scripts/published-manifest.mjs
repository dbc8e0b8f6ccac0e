// Plain JavaScript, since the Node that builds may be older than the one Cordon runs on.

const development = ['scripts', 'devDependencies', 'overrides'];

/** package.json as it is published: its paths lead to the compiled files, nothing of development is in it. */
export function publishedManifest(source) {
  const kept = Object.entries(source).filter(([name]) => !development.includes(name));
  const entries = Object.entries(source.exports).map(([name, path]) => [
    name,
    path.endsWith('.ts') ? { types: path.replace(/\.ts$/, '.d.ts'), default: compiled(path) } : path,
  ]);
  return {
    ...Object.fromEntries(kept),
    bin: allCompiled(source.bin),
    exports: Object.fromEntries(entries),
    imports: allCompiled(source.imports),
  };
}

const compiled = (path) => path.replace(/\.ts$/, '.js');

const allCompiled = (paths) => Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, compiled(path)]));
