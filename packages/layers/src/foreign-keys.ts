/** What Keras, and the fields of layers here, call the entries of a state dictionary. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ["gamma", "weight"],
  ["beta", "bias"],
  ["moving_mean", "running_mean"],
  ["moving_variance", "running_var"],
  ["runningMean", "running_mean"],
  ["runningVar", "running_var"],
  ["numBatchesTracked", "num_batches_tracked"],
]);

/** Layers of any kind have these: unless they are all that is missing, they do not tell a batch norm. */
const anyLayers: readonly string[] = ["weight", "bias"];

/** A key as it came, behind its prefix, and the name that it stands for. */
interface ForeignKey {
  readonly key: string;
  readonly word: string;
  readonly name: string;
}

/**
 * What to do with keys of other frameworks, such as Keras' `bn1/gamma:0`, and with keys behind a prefix, such as
 * PyTorch's `layer1.0.bn1.weight`; null where none stands for what is missing.
 *
 * @param unexpected the keys that the layer does not have
 * @param missing the names that the dictionary does not have
 */
export function renaming(unexpected: readonly string[], missing: readonly string[]): string | null {
  const [found, another] = fullest(byPrefix(unexpected, missing), missing);
  if (found === undefined) return null;
  const [prefix, keys] = found;
  const one = another === undefined ? "" : "take the keys of one layer, then ";
  if (prefix !== "" && keys.every(({ word, name }) => word === name)) return `${one}strip "${prefix}" from the keys`;
  return `${one}rename ${keys.map(({ key, name }) => `"${key}" to "${name}"`).join(", ")}`;
}

function byPrefix(unexpected: readonly string[], missing: readonly string[]): ReadonlyMap<string, ForeignKey[]> {
  const groups = new Map<string, ForeignKey[]>();
  for (const key of unexpected) {
    const [, prefix = "", word = ""] = /^(.*[./])?(\w+)(?::\d+)?$/.exec(key) ?? [];
    const name = otherNames.get(word) ?? word;
    if (!missing.includes(name)) continue;
    const group = groups.get(prefix);
    if (group === undefined) groups.set(prefix, [{ key, word, name }]);
    else group.push({ key, word, name });
  }
  return groups;
}

/** The groups with the most keys, of those that may be a batch norm's: several where a whole model came. */
function fullest(
  groups: ReadonlyMap<string, readonly ForeignKey[]>,
  missing: readonly string[],
): readonly (readonly [string, readonly ForeignKey[]])[] {
  const likely = [...groups].filter(
    ([, keys]) => keys.length === missing.length || keys.some(({ word }) => !anyLayers.includes(word)),
  );
  const most = Math.max(...likely.map(([, keys]) => keys.length));
  return likely.filter(([, keys]) => keys.length === most);
}
