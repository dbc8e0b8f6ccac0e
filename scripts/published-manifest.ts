/** What of package.json leads to files. */
interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string>>;
}

/** package.json as it is published: its paths lead to the compiled files, nothing of development is in it. */
export function publishedManifest(source: Manifest): object {
  const development = ['scripts', 'devDependencies', 'overrides'];
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

const compiled = (path: string): string => path.replace(/\.ts$/, '.js');

const allCompiled = (paths: Readonly<Record<string, string>>): object =>
  Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, compiled(path)]));
