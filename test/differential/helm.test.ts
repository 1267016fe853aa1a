// helm against its model; see helm.ts.
import { compareWithModel } from "./differential.ts";
import { helm } from "./helm.ts";

compareWithModel(helm);
