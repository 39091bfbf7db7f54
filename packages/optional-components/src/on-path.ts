import { delimiter, join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where programs of these names may be in the folders of PATH, folder by folder. */
export function onPath(names: readonly string[], env: Environment, platform: string): string[] {
  const folders = (env.PATH ?? env.Path ?? "").split(delimiter).filter((folder) => folder !== "");
  const extension = platform === "win32" ? ".exe" : "";
  return folders.flatMap((folder) => names.map((name) => join(folder, name + extension)));
}
