// flux against its model; see flux.ts.
import { compareWithModel } from "./differential.ts";
import { flux } from "./flux.ts";

compareWithModel(flux);
