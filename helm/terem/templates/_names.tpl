{{- define "terem.name" -}}
{{- if contains "terem" .Release.Name -}}{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else -}}{{ printf "%s-terem" (.Release.Name | trunc 34 | trimSuffix "-") }}{{- end -}}
{{- end -}}

{{/* Labels that never change: what selectors may name. Takes root and component. */}}
{{- define "terem.selector" -}}
app.kubernetes.io/name: terem
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "terem.labels" -}}
{{ include "terem.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* repository:tag or repository@digest. Takes an image and the tag to fall back to. */}}
{{- define "terem.image" -}}
{{- if .image.digest -}}{{ .image.repository }}@{{ .image.digest }}
{{- else -}}{{ .image.repository }}:{{ .image.tag | default .fallback }}{{- end -}}
{{- end -}}

{{- define "terem.host" -}}
{{- $db := .Values.database -}}
{{- if eq $db.kind "cnpg" -}}
{{- $cluster := required "database.cnpg.cluster: the name of the CloudNativePG cluster" $db.cnpg.cluster -}}
{{ printf "%s-rw.%s.svc" $cluster ($db.cnpg.namespace | default .Release.Namespace) }}
{{- else -}}
{{ required "database.host: where PostgreSQL answers" $db.host }}
{{- end -}}
{{- end -}}

{{- define "terem.filesClaim" -}}
{{ .Values.files.existingClaim | default (printf "%s-files" (include "terem.name" .)) }}
{{- end -}}
