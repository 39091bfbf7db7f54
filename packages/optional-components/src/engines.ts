import { existsSync } from "node:fs";
import { askEngine } from "./ask-engine.js";
import type { Component, Presence } from "./component.js";
import { type EnginePackage, engineFolder, engineIn, enginePackages } from "./engine-packages.js";
import { findExecutable } from "./find-executable.js";
import { onPath } from "./on-path.js";
import { setupCommand } from "./setup-command.js";

/** JavaScript engines in which the packages are tested beside the one that runs the tests. */
export const engines: readonly Component[] = enginePackages.map((engine) => ({
  name: engine.name,
  purpose: "runs the packages, to test them",
  probe: () => probe(engine),
}));

function probe(engine: EnginePackage): Promise<Presence> {
  const { name, npm, version, variable, download } = engine;
  const [major] = version.split(".");
  const byHand = `put ${npm} ${major} on PATH`;
  return findExecutable({
    candidates: candidates(engine),
    ask: (path) => askEngine(path, version),
    variable,
    nowhere: `there is no ${npm} on PATH`,
    remedy: `${setupCommand(name, download, byHand)}, or set ${variable} to its executable`,
  });
}

/** The one that the variable names, and no other then; that of the user's cache; the one on PATH. */
function candidates(engine: EnginePackage): string[] {
  const chosen = process.env[engine.variable];
  if (chosen) return [chosen];
  const first = onPath([engine.npm], process.env, process.platform).find((path) => existsSync(path));
  const kept = engineIn(engineFolder(engine, process.env, process.platform), engine, process.platform);
  return first === undefined ? [kept] : [kept, first];
}
