{{- define "terem.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "terem.containerSecurity" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{- define "terem.spread" -}}
{{- $selector := include "terem.selector" . -}}
{{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
- maxSkew: 1
  topologyKey: {{ . }}
  whenUnsatisfiable: ScheduleAnyway
  matchLabelKeys: [pod-template-hash]
  labelSelector:
    matchLabels:
      {{- $selector | nindent 6 }}
{{- end }}
{{- end -}}

{{/* Whether a process has lived in the last minute: workers and scheduler renew a file every five seconds. */}}
{{- define "terem.beatProbes" -}}
startupProbe:
  exec: &alive {command: [python, -m, deploy.alive, "60"]}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 36
livenessProbe:
  exec: *alive
  periodSeconds: 20
  timeoutSeconds: 5
  failureThreshold: 3
readinessProbe:
  exec: *alive
  periodSeconds: 20
  timeoutSeconds: 5
  failureThreshold: 1
{{- end -}}

{{- define "terem.mounts" -}}
- {name: tmp, mountPath: /tmp}
{{- if .files }}
- {name: files, mountPath: /storage}
{{- end }}
{{- if and .backups (eq .root.Values.backups.store "folder") }}
- {name: backups, mountPath: /backups{{ if not .owner }}, readOnly: true{{ end }}}
{{- end }}
{{- if include "terem.databaseCa" .root }}
- {name: database-ca, mountPath: /etc/terem/database, readOnly: true}
{{- end }}
{{- end -}}

{{- define "terem.volumes" -}}
- name: tmp
  emptyDir: {sizeLimit: 1Gi}
{{- if .files }}
- name: files
  persistentVolumeClaim: {claimName: {{ include "terem.filesClaim" .root }}}
{{- end }}
{{- if and .backups (eq .root.Values.backups.store "folder") }}
- name: backups
  persistentVolumeClaim: {claimName: {{ required "backups.folder.existingClaim: a volume that is not the database's" .root.Values.backups.folder.existingClaim }}}
{{- end }}
{{- with include "terem.databaseCa" .root }}
- name: database-ca
  secret:
    secretName: {{ . }}
    items: [{key: {{ $.root.Values.database.tls.caKey }}, path: {{ $.root.Values.database.tls.caKey }}}]
{{- end }}
{{- end -}}

{{/* What every pod of the product says of itself. Takes root, component, own (nodeSelector and so on). */}}
{{- define "terem.podHead" -}}
{{- $values := .root.Values -}}
serviceAccountName: {{ $values.serviceAccountName }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  {{- include "terem.podSecurity" . | nindent 2 }}
{{- with $values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with $values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .own.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .own.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "terem.podMeta" -}}
labels:
  {{- include "terem.labels" . | nindent 2 }}
  {{- with .root.Values.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .root.Values.podAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The one container. Takes root, component, argv, resources, owner, files, backups, extra (environment), probes. */}}
{{- define "terem.container" -}}
- name: {{ .component }}
  image: {{ include "terem.image" (dict "image" .root.Values.image "fallback" .root.Chart.AppVersion) }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  args: {{ toJson .argv }}
  securityContext:
    {{- include "terem.containerSecurity" . | nindent 4 }}
  resources:
    {{- toYaml .resources | nindent 4 }}
  env:
    {{- include "terem.environment" . | nindent 4 }}
    {{- range $name, $value := .extra }}
    - name: {{ $name }}
      value: {{ $value | quote }}
    {{- end }}
  volumeMounts:
    {{- include "terem.mounts" . | nindent 4 }}
  {{- with .more }}
  {{- . | nindent 2 }}
  {{- end }}
{{- end -}}
