// What the body of a change must say for it to be the change that was judged: names that a path cannot show, dry runs that stand in
// a body. Used by check.ts.
import type { IncomingMessage } from "node:http";
import { type Fields, fieldsOf, jsonBody, type LookAt } from "../json-body.ts";
import { readWhole } from "../read-body.ts";
import { type Body, type Refused, refused } from "../verdict.ts";
import { nameInProtobuf } from "./protobuf.ts";

/** A release is one Secret, and etcd takes no more than that. */
export const maxBodyBytes = 2 * 1024 * 1024;
const protobuf = "application/vnd.kubernetes.protobuf";

/** Of a change whose path says it all. */
export const anyBody = (request: IncomingMessage): Promise<Body | Refused> => readWhole(request, maxBodyBytes);

export const checkedBody = (look: LookAt) => jsonBody(look, maxBodyBytes);

/** A creation: its name is one that the command names. */
export const named =
  (isNamed: (name: string) => boolean) =>
  async (request: IncomingMessage): Promise<Body | Refused> => {
    if (request.headers["content-type"] !== protobuf) return checkedBody(namedInJson(isNamed))(request);
    const body = await readWhole(request, maxBodyBytes);
    if (!body.ok || !("whole" in body)) return body;
    const name = nameInProtobuf(body.whole);
    return name !== undefined && isNamed(name) ? body : refused("an object of this name was not judged");
  };

const namedInJson =
  (isNamed: (name: string) => boolean): LookAt =>
  (body) => {
    const { name, generateName } = fieldsOf(body["metadata"]);
    if (generateName !== undefined) return "an object without a name of its own may not be created";
    return typeof name === "string" && isNamed(name) ? undefined : "an object of this name was not judged";
  };

/** `dryRun: ["All"]`, as delete options say it. */
export const asksForDryRun = ({ dryRun }: Fields): boolean =>
  Array.isArray(dryRun) && dryRun.length === 1 && dryRun[0] === "All";

/** A whole Scale object, as `--current-replicas` sends it: everything else in it is the cluster's own. */
export const scaleTo =
  (replicas: number | undefined): LookAt =>
  (body) =>
    fieldsOf(body["spec"])["replicas"] === replicas ? undefined : "another number of replicas was not judged";
