import { describe, expect, it } from "vitest";
import { answerMs, runProcess, whyItFailed } from "../src/run-process.js";

const node = (script: string, timeoutMs = answerMs) => runProcess(process.execPath, ["-e", script], { timeoutMs });

describe("running a program", () => {
  it("gives what it printed and its exit code", async () => {
    const ended = await node("console.log('out'); console.error('err'); process.exit(3)");
    expect(ended).toEqual({ code: 3, stdout: "out\n", stderr: "err\n" });
    expect(whyItFailed(ended)).toBe("exit code 3: err");
  });

  it("tells the line about the error, not what the program printed after it", async () => {
    const ended = await node(
      "console.error('Error: no such host\\n  at connect\\n  at emitErrorNT (node:net:1)\\nEmitted \\'error\\' event at:\\n}'); process.exit(1)",
    );
    expect(whyItFailed(ended)).toBe("exit code 1: Error: no such host");
  });

  it("ends a program that does not answer in time", async () => {
    expect(whyItFailed(await node("setInterval(() => {}, 1000)", 300))).toBe("no answer within 0.3 s");
  });

  it("ends what the program has started as well, which would keep its output open", async () => {
    const started = "require('child_process').spawn('sleep', ['100'], { stdio: 'inherit' })";
    expect(whyItFailed(await node(started, 300))).toBe("no answer within 0.3 s");
  });

  it("ends it when it is no longer wanted, and tells why", async () => {
    const given = new AbortController();
    const ended = runProcess(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
      timeoutMs: answerMs,
      signal: given.signal,
    });
    setTimeout(() => given.abort("nothing came"), 100);
    expect(whyItFailed(await ended)).toBe("nothing came");
  });

  it("runs in the folder that is given", async () => {
    const ended = await runProcess(process.execPath, ["-p", "process.cwd()"], { timeoutMs: answerMs, cwd: "/" });
    expect(ended.stdout).toBe("/\n");
  });

  it("says when there is no such program, or a signal ended it", async () => {
    expect(whyItFailed(await runProcess("/nowhere/program", [], { timeoutMs: answerMs }))).toMatch(/ENOENT/);
    expect(whyItFailed(await node("process.kill(process.pid, 'SIGTERM')"))).toBe("ended by SIGTERM");
    expect(whyItFailed(await node("process.exit(4)"))).toBe("exit code 4");
  });
});
