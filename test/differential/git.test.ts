// git against its model; see git.ts.
import { compareWithModel } from "./differential.ts";
import { git } from "./git.ts";

compareWithModel(git);
