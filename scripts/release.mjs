// npm run release: publishes every package whose version the registry does not have.
import "./require-node.mjs";

const { join } = await import("node:path");
const { build, setUp } = await import("./set-up.mjs");
const { run } = await import("./processes.mjs");
const { readJson, repositoryRoot, workspacePackages } = await import("./repository.mjs");
const { withAbsoluteLinks } = await import("./absolute-links.mjs");

if (process.argv.length > 2) {
  console.error(`npm run release takes no arguments, but got ${process.argv.slice(2).join(" ")}`);
  process.exit(2);
}
const { repository } = readJson(join(repositoryRoot, "package.json"));
if (!/^https:\/\/github\.com\/[^/]+\/[^/]+$/.test(repository)) {
  console.error(
    `nothing is published: "repository" in the package.json of the repository must be its address, ` +
      `https://github.com/OWNER/NAME, but is ${JSON.stringify(repository) ?? "not there"}`,
  );
  process.exit(1);
}
if (!(await setUp()) || !(await build()) || (await run("turbo", ["run", "types", "--output-logs=errors-only"])) !== 0) {
  process.exit(1);
}
const readmes = workspacePackages()
  .filter(({ manifest }) => !manifest.private)
  .map(({ directory }) => join(directory, "README.md"));
process.exitCode = await withAbsoluteLinks(readmes, repository, () =>
  run("changeset", ["publish"], {
    env: {
      BATCHNORM_REPOSITORY: repository,
      pnpm_config_pnpmfile: join(repositoryRoot, "scripts/published-fields.cjs"),
      ...(process.env.ACTIONS_ID_TOKEN_REQUEST_URL ? { pnpm_config_provenance: "true" } : {}),
    },
  }),
);
