// Makes modules of the committed JSON files, so that the package reads no files where it runs, in browsers as well.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const here = new URL("../", import.meta.url);
const generated = new URL("src/generated/", here);

const folders = { bounds: "bounds/", pytorch: "fixtures/pytorch/" };

rmSync(generated, { recursive: true, force: true });
for (const [name, folder] of Object.entries(folders)) {
  mkdirSync(new URL(`${name}/`, generated), { recursive: true });
  const from = new URL(folder, here);
  for (const file of readdirSync(from).filter((one) => one.endsWith(".json"))) {
    const text = JSON.stringify(JSON.parse(readFileSync(new URL(file, from), "utf8")));
    const module = `const content: unknown = JSON.parse(${JSON.stringify(text)});\n\nexport default content;\n`;
    writeFileSync(new URL(`${name}/${file.replace(/\.json$/, ".ts")}`, generated), module);
  }
}
