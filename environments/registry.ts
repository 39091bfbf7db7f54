import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { environment } from "@batchnorm/testing/command";
import { emptyProject } from "./project.js";

/** A registry on this machine, which asks the one that npm is set to for what is not published there. */
export interface Registry {
  readonly address: string;
  /** Lines of an .npmrc: takes packages from there, and may publish. */
  readonly npmrc: string;
  close(): Promise<void>;
}

/** Verdaccio, on a port that is free. */
const server = `
const { runServer } = require("verdaccio");
const everyone = { access: "$all", publish: "$anonymous" };
runServer({
  self_path: __filename,
  storage: __dirname + "/storage",
  uplinks: { npm: { url: process.argv[2] } },
  packages: { "@batchnorm/*": everyone, batchnorm: everyone, "**": { access: "$all", proxy: "npm" } },
  log: { type: "stdout", format: "json", level: "fatal" },
}).then((server) => server.listen(0, "127.0.0.1", () => console.log("port " + server.address().port)));
`;

export async function startRegistry(): Promise<Registry> {
  const manifest = {
    name: "registry",
    private: true,
    dependencies: { verdaccio: "6.8.0" },
    overrides: { "node-fetch": "2.7.0" },
  };
  const project = emptyProject({ "package.json": JSON.stringify(manifest), "server.cjs": server });
  await project.run("npm", ["install", "--no-audit", "--no-fund"]);
  const setting = async (name: string) => (await project.run("npm", ["config", "get", name])).trim();
  const certificates = await setting("cafile");
  const child = spawn(process.execPath, ["server.cjs", await setting("registry")], {
    cwd: project.folder,
    env: environment(certificates === "null" ? {} : { NODE_EXTRA_CA_CERTS: certificates }),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const port = await new Promise<string>((resolve, reject) => {
    ended.then(([code]) => reject(new Error(`the registry ended with ${code}`)));
    createInterface(child.stdout).on("line", (line) => {
      const found = /^port (\d+)$/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  const address = `http://127.0.0.1:${port}/`;
  return {
    address,
    npmrc: `registry=${address}\n//127.0.0.1:${port}/:_authToken=any\n`,
    async close() {
      child.kill();
      await ended;
      project.remove();
    },
  };
}
