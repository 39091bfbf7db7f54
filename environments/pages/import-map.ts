import { readFileSync } from "node:fs";
import { join } from "node:path";

type Target = string | { readonly [condition: string]: Target };

/** Where a browser finds the entries of packages that are installed in a project, which is served as it is. */
export function importMap(folder: string, names: readonly string[]): { imports: Record<string, string> } {
  const entries = names.flatMap((name) => {
    const file = join(folder, "node_modules", name, "package.json");
    const { exports }: { exports: Record<string, Target> } = JSON.parse(readFileSync(file, "utf8"));
    return Object.entries(exports).flatMap(([key, target]) => {
      const path = forBrowsers(target);
      return path === undefined ? [] : [[name + key.slice(1), `/node_modules/${name}/${path.slice(2)}`] as const];
    });
  });
  return { imports: Object.fromEntries(entries) };
}

function forBrowsers(target: Target): string | undefined {
  if (typeof target === "string") return target;
  const condition = Object.keys(target).find((name) => ["browser", "import", "default"].includes(name));
  return condition === undefined ? undefined : forBrowsers(target[condition] as Target);
}
