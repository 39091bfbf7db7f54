/** A wheel of Python's TensorFlow, and what is taken out of it. */
export interface TensorflowWheel {
  readonly version: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Its libraries with their bytes. */
  readonly libraries: Readonly<Record<string, number>>;
}

/**
 * The newest TensorFlow whose wheel was seen to work with the addon of @tensorflow/tfjs-node 4.22. Python's version is in
 * the wheel's name only: its libraries and headers are the same for all.
 */
export const tensorflowWheel: TensorflowWheel = {
  version: "2.15.1",
  bytes: 207_208_420,
  sha256: "54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26",
  libraries: { "libtensorflow_cc.so.2": 564_733_624, "libtensorflow_framework.so.2": 49_042_544 },
};

/** What pip is asked for. */
export const requirement = ({ version }: TensorflowWheel) => `tensorflow-cpu==${version}`;

/** Which of a package's wheels pip takes, whatever Python it runs in. */
export const wheelTags = [
  "--only-binary=:all:",
  "--python-version",
  "3.11",
  "--platform",
  "manylinux2014_x86_64",
] as const;

/** The names under which programs are linked to the libraries. */
export const libraryLinks: Readonly<Record<string, string>> = {
  "libtensorflow.so": "libtensorflow_cc.so.2",
  "libtensorflow.so.2": "libtensorflow_cc.so.2",
  "libtensorflow_framework.so": "libtensorflow_framework.so.2",
};
