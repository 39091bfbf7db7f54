// Reads the listing of `node --print-opt-code`.

/** The kernels take so many elements in one turn of their main loop. */
const elementsPerTurn = 4;

const arithmetic = /\bv?(mul|add|sub)sd\b|\bf(mul|add|sub|madd|nmsub|msub)\b/;

/**
 * The instructions of a function's busiest innermost loop in the code that V8 compiled last, OSR left out, by element;
 * undefined where there is no listing or it cannot be read.
 */
export function instructionsPerElement(trace, name) {
  const listings = trace.split("--- Optimized code ---").slice(1);
  const own = listings.filter((text) => new RegExp(`^name = ${name}$`, "m").test(text.slice(0, 400)));
  const loops = innermostLoops(instructionsOf(own.findLast((text) => !text.slice(0, 400).includes("osr")) ?? ""));
  const work = (loop) => loop.filter(({ text }) => arithmetic.test(text)).length;
  const busiest = loops.reduce((best, loop) => (work(loop) > work(best) ? loop : best), []);
  return work(busiest) < elementsPerTurn ? undefined : busiest.length / elementsPerTurn;
}

function instructionsOf(listing) {
  const lines = listing.matchAll(/^0x[0-9a-f]+ +([0-9a-f]+) +[0-9a-f]+ +(.*)$/gm);
  return [...lines].map(([, at, text]) => ({ at: Number.parseInt(at, 16), text }));
}

/** What lies between the target of a jump backwards and the jump, where no other such loop lies in it. */
function innermostLoops(code) {
  const loops = code.flatMap(({ at, text }) => {
    const target = /<\+0x([0-9a-f]+)>/.exec(text);
    const start = target === null ? at + 1 : Number.parseInt(target[1], 16);
    return start <= at ? [{ start, end: at }] : [];
  });
  return loops
    .filter((loop) => !loops.some((other) => other !== loop && other.start >= loop.start && other.end <= loop.end))
    .map(({ start, end }) => code.filter(({ at }) => at >= start && at <= end));
}
