import { describe, expect, it } from "vitest";
import { describePresence } from "../src/index.js";

describe("describing a presence", () => {
  it("gives version and path, or reason and remedy", () => {
    expect(describePresence({ present: true, version: "1.2" })).toBe("1.2");
    expect(describePresence({ present: true, version: "1.2", path: "/bin/x" })).toBe("1.2 at /bin/x");
    expect(describePresence({ present: false, reason: "no x", remedy: "install x" })).toBe("absent: no x; install x");
  });
});
