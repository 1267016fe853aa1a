// kubectl against its model; see kubectl.ts.
import { compareWithModel } from "./differential.ts";
import { kubectl } from "./kubectl.ts";

compareWithModel(kubectl);
