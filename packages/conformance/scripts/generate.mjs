import { readdirSync, readFileSync } from "node:fs";

const folders = { bounds: "../bounds/", pytorch: "../fixtures/pytorch/", published: "../fixtures/published/" };

/** The committed JSON files as modules, so that the package reads no files where it runs, in browsers as well. */
export function generate() {
  return Object.entries(folders).flatMap(([name, folder]) => {
    const from = new URL(folder, import.meta.url);
    const files = readdirSync(from).filter((file) => file.endsWith(".json"));
    return files.map((file) => {
      const text = JSON.stringify(JSON.parse(readFileSync(new URL(file, from), "utf8")));
      const module = `const content: unknown = JSON.parse(${JSON.stringify(text)});\n\nexport default content;\n`;
      return [`${name}/${file.replace(/\.json$/, ".ts")}`, module];
    });
  });
}
