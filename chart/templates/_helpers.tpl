{{- define "ai-sre.name" -}}
{{- .Chart.Name -}}
{{- end }}

{{- define "ai-sre.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- define "ai-sre.selector" -}}
app.kubernetes.io/name: {{ include "ai-sre.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- /* The pod of `helm test`, which the NetworkPolicy lets in. */ -}}
{{- define "ai-sre.testSelector" -}}
app.kubernetes.io/name: {{ include "ai-sre.name" . }}-test
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "ai-sre.labels" -}}
{{ include "ai-sre.selector" . }}
{{ include "ai-sre.release" . }}
{{- end }}

{{- define "ai-sre.release" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "ai-sre.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "ai-sre.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- required "serviceAccount.name: name the ServiceAccount that serviceAccount.create: false relies on" .Values.serviceAccount.name -}}
{{- end -}}
{{- end }}

{{- define "ai-sre.image" -}}
{{- $tag := default .Chart.AppVersion .Values.image.tag -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository $tag -}}
{{- end -}}
{{- end }}

{{- /* Site data as the server sees it: the policy's own, with what the values lay over it. JSON. */ -}}
{{- define "ai-sre.site" -}}
{{- $defaults := (.Files.Get "files/access.json" | fromJson).site -}}
{{- mergeOverwrite (deepCopy $defaults) (deepCopy .Values.site) | toJson -}}
{{- end }}

{{- /* Combinations that cannot work: said before anything is installed. */ -}}
{{- define "ai-sre.check" -}}
{{- if gt (int .Values.replicas) 1 -}}
{{- if not .Values.secrets.signingKey.name -}}
{{- fail "replicas: more than one needs secrets.signingKey.name, so that every replica can check what another has signed" -}}
{{- end -}}
{{- if ne .Values.approvals.ledger "kubernetes" -}}
{{- fail "replicas: more than one needs approvals.ledger: kubernetes, so that a grant is spent once among them all" -}}
{{- end -}}
{{- end -}}
{{- if not (or .Values.secrets.apiKey.name .Values.secrets.principals.name) -}}
{{- fail "secrets.apiKey.name: name the Secret with n8n's key (or secrets.principals.name), or nobody can call: the server refuses to listen beyond loopback without one" -}}
{{- end -}}
{{- if and .Values.rbac.helmReleases (not (has "helm" ((include "ai-sre.site" . | fromJson).binaries))) -}}
{{- fail "rbac.helmReleases: lets the Secrets of Helm's releases be read; leave it false without helm in site.binaries" -}}
{{- end -}}
{{- end }}

{{- /* What the MCP endpoints answer to: the Service's names, and those of the values. */ -}}
{{- define "ai-sre.hosts" -}}
{{- $name := include "ai-sre.fullname" . -}}
{{- $ns := .Release.Namespace -}}
{{- $own := list $name (printf "%s.%s" $name $ns) (printf "%s.%s.svc" $name $ns) (printf "%s.%s.svc.cluster.local" $name $ns) -}}
{{- join "," (concat $own .Values.allowedHosts) -}}
{{- end }}
