import { expect, it } from "vitest";
import { knownImplementations } from "../src/implementations/known.js";
import { knownInChromium } from "../src/in-page/known.js";
import { profiles } from "../src/running/profile.js";

const known = [...knownImplementations(), ...knownInChromium(true)].map(({ name }) => name);

// names that a place does not have are left out there, and so would be one with a slip
it.each(Object.values(profiles))(
  "every implementation that the profile $name asks for is known somewhere",
  (profile) => {
    const { backends = [], peers = [] } = profile;
    expect(known).toEqual(expect.arrayContaining([...backends, ...peers]));
  },
);
