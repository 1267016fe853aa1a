// Credentials that are known by their own shape, wherever they stand. Data for redact.ts and credential-kinds.ts.
// Every pattern is linear, and none needs a border round what it looks for: a template can print any text right before and
// right behind a value (jsonpath=x{.data.token}x), so what belongs to neither is taken along.

export interface CredentialPattern {
  readonly kind: string;
  /** One of these (lower case) stands in every match; a text without them is not searched. */
  readonly needles: readonly string[];
  /** Groups: `lead` stays, everything after it is the secret. */
  readonly pattern: RegExp;
}

/** In order: what names its scheme comes before what only has a shape. */
export const credentialPatterns: readonly CredentialPattern[] = [
  {
    kind: "basic_auth",
    needles: ["authorization"],
    pattern:
      /(?<lead>authorization(?:\\{0,3}["'])?\s{0,4}[:=]\s{0,4}(?:\\{0,3}["'])?Basic\s{1,4})[A-Za-z0-9+/=_-]{6,}/gi,
  },
  {
    kind: "bearer_token",
    needles: ["authorization"],
    pattern:
      /(?<lead>authorization(?:\\{0,3}["'])?\s{0,4}[:=]\s{0,4}(?:\\{0,3}["'])?(?:(?:Bearer|Token)\s{1,4})?)(?!(?:Bearer|Token|Basic|Digest|Negotiate)\b)(?=[A-Za-z._~+/=-]{0,80}[0-9])[A-Za-z0-9._~+/=-]{12,}/gi,
  },
  {
    kind: "bearer_token",
    needles: ["bearer"],
    // A digit or an upper-case letter after the first: prose about bearers has neither.
    pattern: /(?<lead>Bearer\s{1,4})(?=[A-Za-z0-9._~+/=-]{0,60}?(?:[0-9]|[a-z][A-Z]))[A-Za-z0-9._~+/=-]{16,}/gi,
  },
  {
    kind: "jwt",
    needles: ["eyj"],
    pattern: /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,3}/g,
  },
  {
    kind: "jwt",
    needles: [".eyj"],
    // Glued to what stands before it: the claims begin like the header then. Looks ahead first, so that a run of the
    // same characters is gone through once.
    pattern:
      /(?<![A-Za-z0-9_-])(?=[A-Za-z0-9_-]+\.eyJ[A-Za-z0-9_-]{8})(?<lead>[A-Za-z0-9_-]*?)eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,3}/g,
  },
  {
    kind: "github_token",
    needles: ["ghp_", "gho_", "ghs_", "ghu_", "ghr_"],
    pattern: /gh[pousr]_[A-Za-z0-9]{20,}/g,
  },
  {
    kind: "github_token",
    needles: ["github_pat_"],
    pattern: /github_pat_[A-Za-z0-9_]{20,}/g,
  },
  { kind: "gitlab_token", needles: ["glpat-"], pattern: /glpat-[A-Za-z0-9_-]{20,}/g },
  {
    kind: "slack_token",
    needles: ["xoxa-", "xoxb-", "xoxe-", "xoxp-", "xoxr-", "xoxs-", "xapp-"],
    pattern: /(?:xox[abeprs]|xapp)-[A-Za-z0-9-]{10,}/g,
  },
  {
    kind: "slack_token",
    needles: ["hooks.slack.com"],
    pattern: /(?<lead>hooks\.slack\.com\/services\/)[A-Za-z0-9/]{20,}/g,
  },
  {
    kind: "aws_access_key",
    needles: ["akia", "asia"],
    pattern: /(?:AKIA|ASIA)[A-Z0-9]{16}/g,
  },
  {
    kind: "aws_secret_key",
    needles: ["secretaccesskey", "secret_access_key", "secret-access-key"],
    pattern:
      /(?<lead>secret[_-]?access[_-]?key(?:\\{0,3}["'])?\s{0,8}(?:[:=]|,\s{0,80}[\\]{0,3}"value[\\]{0,3}"\s{0,4}:|\n[ \t]{0,80}value:)\s{0,8}(?:\\{0,3}["'])?)[A-Za-z0-9+/]{40,}/gi,
  },
  {
    kind: "google_api_key",
    needles: ["aiza"],
    pattern: /AIza[A-Za-z0-9_-]{35}/g,
  },
  { kind: "vault_token", needles: ["hvs.", "hvb."], pattern: /hv[sb]\.[A-Za-z0-9_-]{20,}/g },
  {
    // What helm stores of a release, its Secrets included: gzip in base64, and that in base64 once more.
    kind: "helm_release",
    needles: ["h4sia", "sdrzsu"],
    pattern: /(?:H4sIA|SDRzSU)[A-Za-z0-9+/]{400,}={0,2}/g,
  },
  {
    kind: "url_password",
    needles: ["://"],
    // The last @ before the path ends the userinfo; a variable in place of the password is no password.
    pattern: /(?<lead>:\/\/[^\s/?#@:"'\\<>]{0,128}:)(?![${<*]|\[redacted:|x{5}@)[^\s/?#"'\\<>]{1,256}(?=@)/g,
  },
  {
    kind: "kubeconfig_key",
    needles: ["client-key-data"],
    pattern: /(?<lead>client-key-data(?:\\{0,3}["'])?\s{0,4}:\s{0,4}(?:\\{0,3}["'])?)[A-Za-z0-9+/=]{16,}/g,
  },
  {
    kind: "kubeconfig_token",
    needles: ["token"],
    pattern:
      /(?<lead>(?:^[ \t]*(?:- )?|\\[nrt][ \t]{0,80}|["'])token(?:\\{0,3}["'])?\s{0,4}:[ \t]{0,4}(?:\\{0,3}["'])?)(?=[A-Za-z0-9])[A-Za-z0-9._~+/=-]{16,}(?=[\\"',\s}]|$)/gm,
  },
];
