// Made-up credentials for the tests, put together at run time so that no scanner takes this repository for a leak.

const filler = "Zk3Qx9Lm2Vb7Np4Rt8Yw1Hc6Jd5Gf0SaUiOeTq";

export const samples = {
  githubClassic: `ghp_${filler.slice(0, 36)}`,
  githubFine: `github_pat_${filler.slice(0, 22)}_${filler}`,
  gitlab: `glpat-${filler.slice(0, 20)}`,
  slack: ["xoxb", "123456789012", filler.slice(0, 24)].join("-"),
  awsKey: ["AKIA", "Q3X9LM2VB7NP4RT8"].join(""),
  awsSecret: `${filler}Aa`.slice(0, 40),
  google: `AIza${filler.slice(0, 35)}`,
  vault: `hvs.${filler.slice(0, 24)}`,
  jwt: ["eyJhbGciOiJSUzI1NiJ9", "eyJzdWIiOiJzeXN0ZW0ifQ", filler].join("."),
  bearer: filler,
  pem: ["-----BEGIN RSA PRIVATE", " KEY-----\n", `${filler}\n${filler}==\n`, "-----END RSA PRIVATE", " KEY-----"].join(
    "",
  ),
  opaque: "aHVudGVyMi1odW50ZXIy",
} as const;

/** A Secret as kubectl prints it, with the annotation that repeats its data. */
export function secretObject(name: string): Record<string, unknown> {
  const data = { password: samples.opaque, user: "YWRtaW4=" };
  const applied = { apiVersion: "v1", data, kind: "Secret", metadata: { name } };
  return {
    apiVersion: "v1",
    data,
    kind: "Secret",
    metadata: {
      annotations: { "kubectl.kubernetes.io/last-applied-configuration": `${JSON.stringify(applied)}\n` },
      name,
      resourceVersion: "90071992547409931",
    },
    type: "Opaque",
  };
}

export const configMapObject = (name: string): Record<string, unknown> => ({
  apiVersion: "v1",
  data: { colour: "blue", "mode.txt": "fast" },
  kind: "ConfigMap",
  metadata: { name },
});
