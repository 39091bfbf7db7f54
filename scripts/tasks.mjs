/** @type {Readonly<Record<string, readonly string[]>>} what turbo runs for each command of the repository */
export const tasks = {
  build: ["types"],
  lint: [
    "//#lint:biome",
    "//#lint:knip",
    "//#lint:sherif",
    "//#lint:layers",
    "lint:api",
    "lint:exports",
    "lint:tables",
    "typecheck",
  ],
  tables: ["tables"],
  bounds: ["bounds"],
  kernels: ["kernels"],
  environments: ["environments"],
  mutants: ["mutants"],
  api: ["api"],
  docs: ["docs"],
};
