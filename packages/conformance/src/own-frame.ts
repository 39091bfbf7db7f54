/** A line of a stack: `at work (file.js:1:2)`. */
interface Frame {
  readonly text: string;
  /** its file or address, without line and column */
  readonly place: string;
}

/** The folder that holds the packages, this one among them; none where all was bundled into one script. */
const { url } = import.meta as { readonly url?: string };
const workspace = url === undefined ? null : plain(url).split("/").slice(0, -3).join("/");

/** Where a package of this project lies: beside this one, as in a workspace, or anywhere that packages are installed. */
function homesOf(name: string): readonly string[] {
  const beside = workspace === null ? [] : ["dist", "src"].map((folder) => `${workspace}/${name}/${folder}/`);
  return [...beside, `/node_modules/@batchnorm/${name}/`];
}

/** Those that call a backend: what stands below them in a stack has called them, and is not the backend's. */
const callers = ["conformance", "layers"].flatMap(homesOf);

/** What a backend may call. */
const called = homesOf("core");

/**
 * The author's own part in an error: the first frame of a stack that is neither this suite's nor of a package that it
 * shares with backends, and not of a package that the author has installed where one of the author's files follows.
 *
 * @param stack as any engine writes it
 * @returns `at work (file.js:1:2)`; null where the author's code had no part in it
 */
export function ownFrameOf(stack: string | undefined): string | null {
  const frames = (stack ?? "").split("\n").flatMap((line) => frameOf(line) ?? []);
  const end = frames.findIndex(({ place }) => callers.some((home) => place.includes(home)));
  const own = frames
    .slice(0, end === -1 ? frames.length : end)
    .filter(({ place }) => !place.startsWith("node:") && !called.some((home) => place.includes(home)));
  return (own.find(({ place }) => !place.includes("/node_modules/")) ?? own[0])?.text ?? null;
}

/** How a frame is written: in V8 with the name of a function, in V8 without, in the other engines. */
const forms = [
  /^\s+at (?:async )?(?<name>.+) \((?<place>.+):(?<position>\d+:\d+)\)$/,
  /^\s+at (?:async )?(?<name>)(?<place>.+):(?<position>\d+:\d+)$/,
  /^(?<name>.*)@(?<place>.+):(?<position>\d+:\d+)$/,
];

function frameOf(line: string): Frame | null {
  for (const form of forms) {
    const { name = "", place, position } = form.exec(line)?.groups ?? {};
    if (place === undefined) continue;
    const at = `${place}:${position}`;
    return { text: name === "" ? `at ${at}` : `at ${name} (${at})`, place: plain(place) };
  }
  return null;
}

/** The address of a file as its path, as vitest and Windows have it; any other place as it is. */
function plain(place: string): string {
  const path = place.startsWith("file://") ? decodeURI(place.slice("file://".length)) : place;
  return path.replaceAll("\\", "/").replace(/^\/(?=[A-Za-z]:)/, "");
}
