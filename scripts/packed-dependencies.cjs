// A hook of pnpm for scripts/pack.mjs: packages that depend on each other find each other's files in the folder.
const { join } = require("node:path");

/**
 * @param {string} name
 * @param {string} version
 */
const fileOf = (name, version) => `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;

/** @param {{ dependencies?: Record<string, string> }} manifest */
function beforePacking(manifest) {
  const folder = process.env.BATCHNORM_PACKED_IN ?? "";
  const own = new Set((process.env.BATCHNORM_PACKED ?? "").split(" "));
  for (const [name, range] of Object.entries(manifest.dependencies ?? {})) {
    if (own.has(name))
      Object.assign(manifest.dependencies ?? {}, {
        [name]: `file:${join(folder, fileOf(name, range.replace(/^\D+/, "")))}`,
      });
  }
  return manifest;
}

module.exports = { fileOf, hooks: { beforePacking } };
