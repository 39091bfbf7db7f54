import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { askEngine } from "./ask-engine.js";
import type { Component, Presence } from "./component.js";
import { type EnginePackage, engineFolder, engineIn, enginePackages } from "./engine-packages.js";
import { setupCommand } from "./setup-command.js";

/** JavaScript engines in which the packages are tested beside the one that runs the tests. */
export const engines: readonly Component[] = enginePackages.map((engine) => ({
  name: engine.name,
  purpose: "runs the packages, to test them",
  probe: () => probe(engine),
}));

async function probe(engine: EnginePackage): Promise<Presence> {
  const { name, npm, version, variable, download } = engine;
  const [major] = version.split(".");
  const byHand = `put ${npm} ${major} on PATH`;
  const remedy = `${setupCommand(name, download, byHand)}, or set ${variable} to its executable`;
  const failures: string[] = [];
  for (const path of candidates(engine)) {
    if (!existsSync(path)) continue;
    const answer = await askEngine(path, version);
    if ("version" in answer) return { present: true, version: answer.version, path };
    failures.push(answer.failure);
  }
  if (failures.length > 0) return { present: false, reason: failures.join(", "), remedy };
  const chosen = process.env[variable];
  const reason = chosen ? `${variable} is ${chosen}, where there is no file` : `there is no ${npm} on PATH`;
  return { present: false, reason, remedy };
}

/** The one that the variable names, and no other then; that of the user's cache; the one on PATH. */
function candidates(engine: EnginePackage): string[] {
  const chosen = process.env[engine.variable];
  if (chosen) return [chosen];
  const directories = (process.env.PATH ?? "").split(delimiter).filter((directory) => directory !== "");
  const executable = process.platform === "win32" ? `${engine.npm}.exe` : engine.npm;
  const onPath = directories.map((directory) => join(directory, executable)).find((path) => existsSync(path));
  const kept = engineIn(engineFolder(engine, process.env, process.platform), engine, process.platform);
  return onPath === undefined ? [kept] : [kept, onPath];
}
