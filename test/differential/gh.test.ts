// gh against its model; see gh.ts.
import { compareWithModel } from "./differential.ts";
import { gh } from "./gh.ts";

compareWithModel(gh);
