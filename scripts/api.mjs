// Compares what each published package exports with its record in `api/`, or with --write brings the record up to date.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";
import { declaredModules } from "./declared-modules.mjs";
import { repositoryRoot } from "./repository.mjs";

const write = process.argv[2] === "--write";
const records = join(repositoryRoot, "api");
const temporary = mkdtempSync(join(tmpdir(), "batchnorm-api-"));

/**
 * What a module declares.
 *
 * @param {import("./declared-modules.mjs").DeclaredModule} module
 * @param {string} name of its record
 * @returns {string}
 */
function recordOf({ directory, declarations }, name) {
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(directory, "package.json"),
    configObject: {
      projectFolder: directory,
      mainEntryPointFilePath: declarations,
      compiler: { tsconfigFilePath: join(directory, "tsconfig.json") },
      apiReport: {
        enabled: true,
        reportFileName: name,
        reportFolder: temporary,
        reportTempFolder: join(temporary, "new"),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: "lf",
    },
  });
  Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      message.handled = true;
      if (message.logLevel === "error") throw new Error(`${name}: ${message.text}`);
    },
  });
  return readFileSync(join(temporary, `${name}.api.md`), "utf8");
}

/** @type {string[]} */
const stale = [];
try {
  mkdirSync(records, { recursive: true });
  const left = new Set(readdirSync(records));
  for (const module of declaredModules()) {
    const name = module.name.replace("@batchnorm/", "").replace("/", "-");
    const file = join(records, `${name}.md`);
    const record = recordOf(module, name);
    if (left.delete(`${name}.md`) && readFileSync(file, "utf8").replaceAll("\r\n", "\n") === record) continue;
    if (write) writeFileSync(file, record);
    else stale.push(`api/${name}.md`);
  }
  for (const file of left) {
    if (write) rmSync(join(records, file));
    else stale.push(`api/${file}`);
  }
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
if (stale.length > 0) {
  console.error(`${stale.join(", ")}: exports have changed; npm run api writes what there is now`);
  process.exitCode = 1;
}
