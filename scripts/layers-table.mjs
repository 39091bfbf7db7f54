/** @typedef {import("./repository.mjs").Manifest} Manifest */

const scope = "@batchnorm/";
/** The package that has the project's own name. */
const frontDoor = "batchnorm";

/**
 * @typedef {object} Layer a row of the table
 * @property {readonly string[]} imports
 * @property {readonly string[]} inTests
 * @property {boolean} thirdParty
 */

/**
 * Reads the table under "## Packages": package, may import, its tests also, third-party at run time.
 *
 * @param {string} markdown
 * @returns {Map<string, Layer>} by package name, in the order of the rows
 */
export function readLayers(markdown) {
  const section = /^## Packages\r?\n([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(markdown)?.[1] ?? "";
  /** @param {string} cell */
  const names = (cell) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => (name === frontDoor ? name : scope + name));
  /** @type {Map<string, Layer>} */
  const layers = new Map();
  for (const line of section.split(/\r?\n/)) {
    const cells = line.split("|").slice(1, -1);
    const [name] = names(cells[0] ?? "");
    if (name === undefined) continue;
    layers.set(name, {
      imports: names(cells[1] ?? ""),
      inTests: names(cells[2] ?? ""),
      thirdParty: cells[3]?.trim() !== "none",
    });
  }
  if (layers.size === 0) throw new Error('CONTRIBUTING.md has no table of packages under "## Packages"');
  return layers;
}

/**
 * @param {ReadonlyMap<string, Layer>} layers
 * @returns {string[]} arrows of the table that do not point to a row above
 */
export function checkOrder(layers) {
  const above = new Set();
  const problems = [];
  for (const [name, { imports, inTests }] of layers) {
    for (const other of [...imports, ...inTests]) {
      if (!above.has(other)) problems.push(`CONTRIBUTING.md: ${name} names ${other}, which is in no row above it`);
    }
    above.add(name);
  }
  return problems;
}

/**
 * @param {Manifest} manifest
 * @param {ReadonlyMap<string, Layer>} layers
 * @returns {string[]} dependencies that the table does not allow
 */
export function checkManifest(manifest, layers) {
  const layer = layers.get(manifest.name);
  if (layer === undefined) return [`${manifest.name}: is not in the table of packages in CONTRIBUTING.md`];
  const atRunTime = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
  const allowed = new Set(layer.imports);
  const allowedInTests = new Set([...layer.imports, ...layer.inTests]);
  const own = (/** @type {string} */ name) => name.startsWith(scope) || name === frontDoor;
  const up = (/** @type {string} */ name) =>
    `${manifest.name}: must not depend on ${name}; it may import ${[...allowed].join(", ") || "no other package"}`;
  return [
    ...atRunTime.filter((name) => own(name) && !allowed.has(name)).map(up),
    ...atRunTime
      .filter((name) => !own(name) && !layer.thirdParty)
      .map((name) => `${manifest.name}: must have no third-party dependency, but has ${name}`),
    ...Object.keys(manifest.peerDependencies ?? {})
      .filter((name) => own(name) && !allowed.has(name))
      .map(up),
    ...Object.keys(manifest.devDependencies ?? {})
      .filter((name) => own(name) && !allowedInTests.has(name))
      .map(up),
  ];
}
