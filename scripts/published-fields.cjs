// A hook of pnpm for scripts/release.mjs: what is published names the repository's address, which stands in one place.
const { dirname, relative } = require("node:path");

/**
 * @param {object} manifest
 * @param {string} directory
 */
function beforePacking(manifest, directory) {
  const address = process.env.BATCHNORM_REPOSITORY;
  const folder = relative(dirname(__dirname), directory).replaceAll("\\", "/");
  return {
    ...manifest,
    repository: { type: "git", url: `git+${address}.git`, directory: folder },
    homepage: `${address}/tree/HEAD/${folder}#readme`,
    bugs: `${address}/issues`,
  };
}

module.exports = { hooks: { beforePacking } };
