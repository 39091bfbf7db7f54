// What V8 makes of the wasm backend's loops: machine instructions of each innermost loop that computes on vectors, by
// TurboFan, with how many convert, compute, load and store. A Node without V8's disassembler shows nothing.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const kinds = {
  "to float64": /^vcvtps2pd/,
  "to float32": /^vcvtpd2ps/,
  "float64 arithmetic": /^v(add|sub|mul|max|min|cmp\w*)pd/,
  "float32 arithmetic": /^v(add|sub|mul|max|min|cmp\w*)ps/,
  stores: /^vmov(lps|ups|aps|dqu) \[/,
  shuffles: /^v(shuf|unpck|punpck|pshuf|perm|movhlps|movlhps)/,
};

const workload = fileURLToPath(new URL("wasm-workload.mjs", import.meta.url));
const run = spawnSync(process.execPath, ["--print-wasm-code", workload], { encoding: "utf8", maxBuffer: 2 ** 30 });
if (run.status !== 0) throw new Error(`the workload failed:\n${run.stderr}`);

console.log(["function", "instructions", ...Object.keys(kinds)].join("  "));
for (const code of run.stdout.split("--- WebAssembly code ---")) {
  if (!/compiler: TurboFan/.test(code)) continue;
  const name = /name: (\S+)/.exec(code)?.[1] ?? "";
  for (const loop of innermost(instructionsOf(code))) {
    const counts = Object.values(kinds).map((kind) => loop.filter(({ text }) => kind.test(text)).length);
    if (counts[2] + counts[3] < 4) continue;
    console.log(
      [name.padEnd(18), String(loop.length).padStart(6), ...counts.map((n) => String(n).padStart(6))].join("  "),
    );
  }
}

function instructionsOf(code) {
  return [...code.matchAll(/^0x([0-9a-f]+) +[0-9a-f]+ +[0-9a-f]+ +(?:REX\.W )?(.*)$/gm)].map(([, at, text]) => ({
    at: Number.parseInt(at, 16),
    text,
  }));
}

/** What lies between a jump back and where it goes, where no other jump back lies in between. */
function innermost(instructions) {
  const backs = instructions.flatMap(({ at, text }) => {
    const target = Number.parseInt(/^j\w+ 0x([0-9a-f]+)/.exec(text)?.[1] ?? "", 16);
    return target <= at ? [{ from: target, to: at }] : [];
  });
  return backs
    .filter((one) => !backs.some((other) => other !== one && other.from >= one.from && other.to <= one.to))
    .map(({ from, to }) => instructions.filter(({ at }) => at >= from && at <= to));
}
