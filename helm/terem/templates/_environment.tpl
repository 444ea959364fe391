{{- define "terem.fromSecret" -}}
- name: {{ .name }}
  valueFrom: {secretKeyRef: {name: {{ .secret }}, key: {{ .key }}}}
{{- end -}}

{{/* The address of one login: its password comes first, because Kubernetes fills in what stands before. */}}
{{- define "terem.login" -}}
{{- $db := .root.Values.database -}}
{{- $login := get $db.logins .login -}}
{{- $password := printf "PASSWORD_OF_%s" (upper .login) -}}
{{ include "terem.fromSecret" (dict "name" $password "secret" $login.secret "key" $login.key) }}
- name: TEREM_{{ upper .login }}_DB
  value: postgresql://{{ $login.user }}:$({{ $password }})@{{ include "terem.host" .root }}:{{ $db.port }}/{{ $db.name }}
{{- end -}}

{{/* libpq's own variables: every connection of every process obeys them. */}}
{{- define "terem.databaseTls" -}}
{{- $tls := .Values.database.tls -}}
- name: PGSSLMODE
  value: {{ $tls.mode }}
{{- if include "terem.databaseCa" . }}
- name: PGSSLROOTCERT
  value: /etc/terem/database/{{ $tls.caKey }}
{{- end }}
{{- end -}}

{{- define "terem.databaseCa" -}}
{{- $db := .Values.database -}}
{{- if $db.tls.caSecret -}}{{ $db.tls.caSecret }}
{{- else if and (eq $db.kind "cnpg") (hasPrefix "verify" $db.tls.mode) -}}{{ $db.cnpg.cluster }}-ca{{- end -}}
{{- end -}}

{{- define "terem.backupEnvironment" -}}
{{- $backups := .Values.backups -}}
- name: TEREM_BACKUP_STORE
  value: {{ $backups.store }}
{{- if eq $backups.store "s3" }}
{{- $s3 := $backups.s3 }}
- name: TEREM_S3_ENDPOINT
  value: {{ required "backups.s3.endpoint: the bucket's server" $s3.endpoint | quote }}
- name: TEREM_S3_BUCKET
  value: {{ required "backups.s3.bucket: its name" $s3.bucket | quote }}
- name: TEREM_S3_PREFIX
  value: {{ $s3.prefix | quote }}
- name: TEREM_S3_REGION
  value: {{ $s3.region | quote }}
- name: TEREM_S3_PATH_STYLE
  value: {{ $s3.pathStyle | ternary "yes" "no" | quote }}
{{ include "terem.fromSecret" (dict "name" "TEREM_S3_KEY_ID" "secret" $s3.secret "key" $s3.keyId) }}
{{ include "terem.fromSecret" (dict "name" "TEREM_S3_SECRET_KEY" "secret" $s3.secret "key" $s3.secretKey) }}
{{- else }}
- name: TEREM_BACKUPS
  value: /backups
{{- end }}
{{- end -}}

{{/* Everything that every process of the product reads. Takes root; owner: true adds the owner's login. */}}
{{- define "terem.environment" -}}
{{- $root := .root -}}
{{- $values := $root.Values -}}
{{- $secret := $values.secrets.name -}}
- name: TEREM_ENV
  value: production
- name: TEREM_DOMAIN
  value: {{ required "domain: the platform's domain" $values.domain | quote }}
- name: TEREM_SCHEME
  value: https
- name: TEREM_BEHIND_PROXY
  value: "yes"
- name: TEREM_LOG_FORMAT
  value: json
- name: TEREM_RELEASE
  value: {{ $values.image.digest | default ($values.image.tag | default $root.Chart.AppVersion) | quote }}
- name: TEREM_PROBE
  value: http://{{ include "terem.name" $root }}-web.{{ $root.Release.Namespace }}.svc
- name: TEREM_STORAGE
  value: /storage
- name: TEREM_VAR
  value: /tmp
- name: HOME
  value: /tmp
{{- if and $values.edge.enabled $values.edge.name }}
- name: TEREM_EDGE
  value: {{ $values.edge.name | quote }}
{{- end }}
{{ include "terem.fromSecret" (dict "name" "TEREM_SECRET_KEY" "secret" $secret "key" $values.secrets.secretKey) }}
{{ include "terem.fromSecret" (dict "name" "TEREM_MASTER_KEYS" "secret" $secret "key" $values.secrets.masterKeys) }}
{{ include "terem.fromSecret" (dict "name" "TEREM_MAIL" "secret" $secret "key" $values.secrets.mail) }}
{{- range $name, $key := dict
  "TEREM_SECRET_KEYS_OLD" $values.secrets.secretKeysOld
  "TEREM_EDGE_TOKEN" $values.secrets.edgeToken
  "TEREM_METRICS_TOKEN" $values.secrets.metricsToken
  "TEREM_SENTRY" $values.secrets.sentry
  "TEREM_STRIPE_KEY" $values.secrets.stripeKey
  "TEREM_STRIPE_WEBHOOK_SECRETS" $values.secrets.stripeWebhookSecrets }}
{{- if $key }}
{{ include "terem.fromSecret" (dict "name" $name "secret" $secret "key" $key) }}
{{- end }}
{{- end }}
{{ include "terem.login" (dict "root" $root "login" "control") }}
{{ include "terem.login" (dict "root" $root "login" "tenant") }}
{{- if .owner }}
{{ include "terem.login" (dict "root" $root "login" "owner") }}
{{- end }}
{{ include "terem.databaseTls" $root }}
{{ include "terem.fromSecret" (dict "name" "TEREM_REDIS" "secret" $values.redis.secret "key" $values.redis.key) }}
{{ include "terem.backupEnvironment" $root }}
{{- range $name, $value := $values.settings }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end -}}
