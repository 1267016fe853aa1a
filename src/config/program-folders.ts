// Where the reviewer's desk looks for opa and regal: the checkout's own .tools, then the folders of PATH. Read here, because
// nobody else reads the environment; commands of the server never use it.
import path from "node:path";
import { projectFolder } from "./load.ts";

export const programFolders = (raw: Readonly<Record<string, string | undefined>> = process.env): readonly string[] => [
  path.join(projectFolder, ".tools"),
  ...(raw["PATH"] ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder)),
];
