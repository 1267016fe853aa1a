// Credentials that are known by their own shape, wherever they stand. Data for known-credentials.ts.
// Every pattern is linear, and none needs a border round what it looks for: a template can print any text right before and
// right behind a value (jsonpath=x{.data.token}x), so what belongs to neither is taken along. The issuers are those of
// secretlint's recommended rules and some more; a test holds the list against theirs (docs/adr/0006-own-credential-patterns.md).

export interface CredentialPattern {
  readonly kind: string;
  /** Source of a regular expression that matches in every match of the pattern, in this case; without it nothing is searched. */
  readonly mark: string;
  /** Groups: `lead` stays, everything after it is the secret. */
  readonly pattern: RegExp;
}

/** Named by what stands before them, in any case; these marks are looked for in any case too. */
export const namedPatterns: readonly CredentialPattern[] = [
  {
    kind: "basic_auth",
    mark: "authorization",
    pattern:
      /(?<lead>authorization(?:\\{0,3}["'])?\s{0,4}[:=]\s{0,4}(?:\\{0,3}["'])?Basic\s{1,4})[A-Za-z0-9+/=_-]{6,}/gi,
  },
  {
    kind: "bearer_token",
    mark: "authorization",
    pattern:
      /(?<lead>authorization(?:\\{0,3}["'])?\s{0,4}[:=]\s{0,4}(?:\\{0,3}["'])?(?:(?:Bearer|Token)\s{1,4})?)(?!(?:Bearer|Token|Basic|Digest|Negotiate)\b)(?=[A-Za-z._~+/=-]{0,80}[0-9])[A-Za-z0-9._~+/=-]{12,}/gi,
  },
  {
    kind: "bearer_token",
    mark: "bearer",
    // A digit or an upper-case letter after the first: prose about bearers has neither.
    pattern: /(?<lead>Bearer\s{1,4})(?=[A-Za-z0-9._~+/=-]{0,60}?(?:[0-9]|[a-z][A-Z]))[A-Za-z0-9._~+/=-]{16,}/gi,
  },
  {
    kind: "aws_secret_key",
    mark: "secret[_-]?access[_-]?key",
    pattern:
      /(?<lead>secret[_-]?access[_-]?key(?:\\{0,3}["'])?\s{0,8}(?:[:=]|,\s{0,80}[\\]{0,3}"value[\\]{0,3}"\s{0,4}:|\n[ \t]{0,80}value:)\s{0,8}(?:\\{0,3}["'])?)[A-Za-z0-9+/]{40,}/gi,
  },
];

/**
 * Known by what they look like. The long ones first: a short one can stand in a long one by chance, and what is taken out of the
 * middle would leave the rest.
 */
export const shapedPatterns: readonly CredentialPattern[] = [
  {
    kind: "jwt",
    mark: "eyJ",
    pattern: /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,3}/g,
  },
  {
    kind: "jwt",
    mark: "\\.eyJ",
    // Glued to what stands before it: the claims begin like the header then. Looks ahead first, so that a run of the
    // same characters is gone through once.
    pattern:
      /(?<![A-Za-z0-9_-])(?=[A-Za-z0-9_-]+\.eyJ[A-Za-z0-9_-]{8})(?<lead>[A-Za-z0-9_-]*?)eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,3}/g,
  },
  {
    // What helm stores of a release, its Secrets included: gzip in base64, and that in base64 once more.
    kind: "helm_release",
    mark: "H4sIA|SDRzSU",
    pattern: /(?:H4sIA|SDRzSU)[A-Za-z0-9+/]{400,}={0,2}/g,
  },
  {
    // -----BEGIN PRIVATE KEY, or with RSA, EC, OPENSSH, ENCRYPTED before it, in base64: how Secrets and kubeconfigs hold it.
    kind: "private_key",
    mark: "LS0tLS1CRUdJTi",
    pattern:
      /LS0tLS1CRUdJTi(?:BQUklWQVRF|BSU0EgUFJJVkFUR|BFQyBQUklWQVRF|BPUEVOU1NIIFBSSVZBVEUg|BFTkNSWVBURUQgUFJJVkFUR)[A-Za-z0-9+/]{16,}={0,2}/g,
  },
  { kind: "age_key", mark: "AGE-SECRET-KEY-", pattern: /AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{40,}/g },
  { kind: "github_token", mark: "gh[pousr]_", pattern: /gh[pousr]_[A-Za-z0-9]{20,}/g },
  { kind: "github_token", mark: "github_pat_", pattern: /github_pat_[A-Za-z0-9_]{20,}/g },
  { kind: "gitlab_token", mark: "glpat-", pattern: /glpat-[A-Za-z0-9_-]{20,}/g },
  { kind: "slack_token", mark: "xox[a-z]-|xapp-", pattern: /(?:xox[a-z]|xapp)-[A-Za-z0-9-]{10,}/g },
  {
    kind: "slack_token",
    mark: "hooks\\.slack\\.com",
    pattern: /(?<lead>hooks\.slack\.com\/services\/)[A-Za-z0-9/]{20,}/g,
  },
  {
    kind: "aws_access_key",
    mark: "A3T|AKIA|ASIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA",
    pattern: /(?:A3T[A-Z0-9]|AKIA|ASIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA)[A-Z0-9]{16}/g,
  },
  { kind: "google_api_key", mark: "AIza", pattern: /AIza[A-Za-z0-9_-]{35}/g },
  { kind: "vault_token", mark: "hv[sbr]\\.", pattern: /hv[sbr]\.[A-Za-z0-9_-]{20,}/g },
  {
    kind: "ai_api_key",
    mark: "sk-ant-|sk-proj-|sk-svcacct-|sk-admin-|T3BlbkFJ",
    pattern: /sk-(?:ant|proj|svcacct|admin)-[A-Za-z0-9_-]{20,}|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20,}/g,
  },
  { kind: "ai_api_key", mark: "gsk_", pattern: /gsk_[A-Za-z0-9]{40,}/g },
  { kind: "ai_api_key", mark: "hf_", pattern: /hf_[A-Za-z]{34,}/g },
  { kind: "npm_token", mark: "npm_", pattern: /npm_[A-Za-z0-9]{36,}/g },
  { kind: "docker_token", mark: "dckr_[po]at_", pattern: /dckr_[po]at_[A-Za-z0-9_-]{20,}/g },
  {
    kind: "grafana_token",
    mark: "glc_|glsa_",
    pattern: /glc_[A-Za-z0-9+/]{32,}={0,2}|glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}/g,
  },
  { kind: "databricks_token", mark: "dapi", pattern: /dapi[A-Fa-f0-9]{32}/g },
  {
    kind: "payment_key",
    mark: "[sr]k_(?:live|test)_|whsec_",
    pattern: /(?:[sr]k_(?:live|test)|whsec)_[A-Za-z0-9]{16,}/g,
  },
  { kind: "payment_key", mark: "shp[a-z]{2,3}_", pattern: /shp(?:pa|ca|at|ss|ua)_[A-Za-z0-9]{32,}/g },
  { kind: "mail_key", mark: "SG\\.", pattern: /SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/g },
  // A bot's token of Telegram.
  { kind: "chat_token", mark: ":AA", pattern: /[0-9]{8,10}:AA[A-Za-z0-9_-]{33}/g },
  { kind: "password_manager_token", mark: "ops_ey", pattern: /ops_ey[A-Za-z0-9+/_-]{90,}={0,2}/g },
  { kind: "saas_token", mark: "lin_api_", pattern: /lin_api_[A-Za-z0-9_]{32,}/g },
  { kind: "saas_token", mark: "ntn_[0-9]", pattern: /ntn_[0-9]{11}[A-Za-z0-9]{35}/g },
  { kind: "saas_token", mark: "figd_", pattern: /figd_[A-Za-z0-9_-]{40,}/g },
  { kind: "saas_token", mark: "vc[piark]_", pattern: /vc[piark]_[A-Za-z0-9]{20,}/g },
  {
    kind: "azure_key",
    mark: "(?:Account|SharedAccess)Key=",
    pattern: /(?<lead>(?:Account|SharedAccess)Key=)[A-Za-z0-9+/]{40,}={0,2}/g,
  },
  {
    kind: "url_password",
    mark: "://",
    // The last @ before the path ends the userinfo; a variable in place of the password is no password.
    pattern: /(?<lead>:\/\/[^\s/?#@:"'\\<>]{0,128}:)(?![${<*]|\[redacted:|x{5}@)[^\s/?#"'\\<>]{1,256}(?=@)/g,
  },
  {
    kind: "kubeconfig_key",
    mark: "client-key-data",
    pattern: /(?<lead>client-key-data(?:\\{0,3}["'])?\s{0,4}:\s{0,4}(?:\\{0,3}["'])?)[A-Za-z0-9+/=]{16,}/g,
  },
  {
    kind: "kubeconfig_token",
    mark: "token",
    pattern:
      /(?<lead>token(?<=(?:^[ \t]*(?:- )?|\\[nrt][ \t]{0,80}|["'])token)(?:\\{0,3}["'])?\s{0,4}:[ \t]{0,4}(?:\\{0,3}["'])?)(?=[A-Za-z0-9])[A-Za-z0-9._~+/=-]{16,}(?=[\\"',\s}]|$)/gm,
  },
];
