import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  askEngine,
  type EnginePackage,
  engineFolder,
  engineIn,
  whyItFailed,
} from "@batchnorm/optional-components/for-installers";
import { ProvisionError } from "./errors.js";
import { runNpm } from "./npm.js";
import { putInPlace, withOwnFolder } from "./own-folder.js";

const timeoutMs = 10 * 60_000;

/** By npm, into a folder of its own in the user's cache. */
export async function installEngine(engine: EnginePackage, log: (line: string) => void): Promise<void> {
  const { name, npm, version, variable, download } = engine;
  const chosen = process.env[variable];
  if (chosen) {
    throw new ProvisionError(
      `${name} is not installed while ${variable} (${chosen}) says where it is; correct or unset it`,
    );
  }
  const folder = engineFolder(engine, process.env, process.platform);
  log(`${name}: installing ${npm} ${version} into ${folder} (npm install, ${download})`);
  await withOwnFolder(folder, async (own) => {
    const project = join(own, "engine");
    await mkdir(project);
    // its install script puts the executable for this machine in its place
    const manifest = { private: true, dependencies: { [npm]: version }, allowScripts: { [npm]: true } };
    await writeFile(join(project, "package.json"), JSON.stringify(manifest));
    const args = ["install", "--prefix", project, "--no-audit", "--no-fund"];
    const ended = await runNpm("npm", args, { timeoutMs, cwd: project });
    if (ended.code !== 0) {
      throw new ProvisionError(`${name} could not be installed: npm install ${npm}@${version}: ${whyItFailed(ended)}`);
    }
    const answer = await askEngine(engineIn(project, engine, process.platform), version);
    if ("failure" in answer) throw new ProvisionError(`${name} could not be installed: ${answer.failure}`);
    const isThere = async () => "version" in (await askEngine(engineIn(folder, engine, process.platform), version));
    await putInPlace(project, folder, isThere);
  });
}
