/** A bundler, as its users call it. */
export interface Bundler {
  readonly name: string;
  /** the packages that bring it, at versions that run on Node 20 */
  readonly packages: readonly string[];
  /** @returns a command that writes into a folder, next to its page, what a program needs */
  readonly command: (program: string, folder: string) => readonly string[];
  /** The page for it; null where it writes one. */
  readonly page: string | null;
}

const head = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">';

/** The page of a program that Vite starts from. */
export const sourcePage = (program: string) => `${head}<script type="module" src="/${program}"></script>`;

export const bundlers: readonly Bundler[] = [
  {
    name: "Vite",
    packages: ["vite@8.4.0"],
    command: (_, folder) => ["vite", "build", "--outDir", folder],
    page: null,
  },
  {
    name: "webpack",
    packages: ["webpack@5.113.0", "webpack-cli@7.3.1"],
    command: (program, folder) => [
      ...["webpack", "--mode", "production", "--entry", `./${program}`],
      ...["--output-path", folder, "--output-filename", "main.js"],
    ],
    page: `${head}<script defer src="main.js"></script>`,
  },
  {
    name: "esbuild",
    packages: ["esbuild@0.28.2"],
    command: (program, folder) => [
      ...["esbuild", `main=${program}`, "--bundle", "--minify", "--splitting", "--format=esm", `--outdir=${folder}`],
    ],
    page: `${head}<script type="module" src="main.js"></script>`,
  },
  {
    name: "Rollup",
    packages: ["rollup@4.68.8", "@rollup/plugin-node-resolve@16.0.3"],
    command: (program, folder) => ["rollup", `main=${program}`, "--plugin", "node-resolve", "--dir", folder],
    page: `${head}<script type="module" src="main.js"></script>`,
  },
];
