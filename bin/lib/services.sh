# shellcheck shell=bash
# shellcheck disable=SC2034  # the environment of a service is read by the names of its settings
# Cloud Run services, as the table SERVICES has them. A deployment declares everything, each time: what a flag does not
# say, the platform may keep from before.

# Declares a service; the image is empty where it does not matter which one runs.
declare_service() { # SERVICE IMAGE
  local row name docker topic cpus memory concurrency timeout least most container='spec.template.spec.containers[0]'
  for row in "${SERVICES[@]}"; do
    IFS='|' read -r name docker topic cpus memory concurrency timeout least most <<<"$row"
    if [[ $name == "$1" ]]; then break; fi
  done
  DOCKERFILE=$docker TOPIC=$topic
  declare_nothing
  if [[ -n $2 ]]; then setting --image "$2" "${container}.image"; fi
  setting --service-account "$(account_email "$(runs_as "$1")")" spec.template.spec.serviceAccountName
  setting --set-custom-audiences "$(audience "$1")" \
    'metadata.annotations[run.googleapis.com/custom-audiences]' "[\"$(audience "$1")\"]"
  setting --concurrency "$concurrency" spec.template.spec.containerConcurrency
  setting --timeout "$timeout" spec.template.spec.timeoutSeconds
  setting --max-instances "$most" 'spec.template.metadata.annotations[autoscaling.knative.dev/maxScale]'
  CREATE+=("--min-instances=$least" "--cpu=$cpus" "--memory=$memory" --port=8080 --ingress=all)
  CREATE+=(--no-allow-unauthenticated --cpu-throttling --cpu-boost --execution-environment=gen2)
  # /ready reaches the store and checks its schema: a revision that cannot work never takes traffic.
  CREATE+=("--startup-probe=httpGet.path=/ready,httpGet.port=8080,periodSeconds=10,timeoutSeconds=9,failureThreshold=12")
  CREATE+=("--liveness-probe=httpGet.path=/health,httpGet.port=8080,periodSeconds=30,timeoutSeconds=5,failureThreshold=3")
  if is_console "$1"; then
    CREATE+=(--iap)
    expect 'metadata.annotations[run.googleapis.com/iap-enabled]' true
  fi
  declare_environment "$1" "$cpus" "$concurrency" "${2##*:}"
  declare_secrets "$1" "$container"
}

# Every setting of the catalogue that has a value, and what only a deployment knows. Behind the proxy nobody verifies a
# bearer token before the service does. Values hold commas, so ^::^ says that :: stands between them.
declare_environment() { # SERVICE CPUS CONCURRENCY COMMIT
  local name TOKEN_AUDIENCES WEB_CONCURRENCY=$2 THREADS=$3 BUILD=$4 list=''
  local TOKEN_SIGNATURES=$TOKEN_SIGNATURES IAP_AUDIENCE='' OPERATOR_IDENTITIES=$OPERATOR_IDENTITIES
  TOKEN_AUDIENCES=$(audience "$1")
  if is_console "$1"; then
    TOKEN_SIGNATURES=verify IAP_AUDIENCE=$(iap_audience)
    OPERATOR_IDENTITIES+=${CONSOLE_OPERATORS:+,$CONSOLE_OPERATORS}
  fi
  for name in "${SERVICE_SETTINGS[@]}" WEB_CONCURRENCY THREADS BUILD; do
    if [[ -z ${!name} ]]; then continue; fi
    list+="::$name=${!name}"
    expect "spec.template.spec.containers[0].env[name=$name].value" "${!name}"
  done
  CREATE+=("--set-env-vars=^::^${list#::}")
}

# Ends the script unless the services would take their settings: they are checked by the code that reads them.
check_settings() {
  local name
  local -a given=()
  for name in "${SERVICE_SETTINGS[@]}"; do
    [[ ${!name} != *::* && ${!name} != *$'\n'* ]] || die "$name holds :: or a line break, which stand between settings"
    given+=("$name=${!name}")
  done
  (cd "$BIN" && env -i "PATH=$PATH" "PYTHONPATH=$ROOT" "${given[@]}" "$PYTHON" "$BIN/lib/check_settings.py") ||
    die "nothing was changed"
}

# Sets COMMIT to what is being deployed: an image is named for it, so the tree must be exactly it; a dry run only shows.
set_commit() {
  if [[ -n ${COMMIT:-} ]]; then return; fi
  COMMIT=$(git -C "$ROOT" rev-parse HEAD) || die "COMMIT is not set, and $ROOT is not a git tree"
  ((DRY_RUN)) || [[ -z $(git -C "$ROOT" status --porcelain) ]] ||
    die "the tree differs from its commit, whose name the image would carry; commit first, or set COMMIT"
}

# Builds the image unless there is one of this commit, as an account that may do nothing else.
ensure_image() { # IMAGE DOCKERFILE
  if exists gcloud artifacts docker images describe "$1" "--project=$PROJECT_ID"; then return; fi
  ensure_account "$BUILD_ACCOUNT"
  ensure_bindings "projects|$PROJECT_ID|roles/cloudbuild.builds.builder|$(service_account "$BUILD_ACCOUNT")"
  run gcloud builds submit "$ROOT" "--project=$PROJECT_ID" "--config=$BIN/lib/cloudbuild.yaml" \
    "--service-account=projects/$PROJECT_ID/serviceAccounts/$(account_email "$BUILD_ACCOUNT")" \
    "--substitutions=_DOCKERFILE=$2,_IMAGE=$1,_COMMIT=$COMMIT"
}

# Deploys one service with all that it needs, and prints its URL.
deploy_service() { # SERVICE URL_NAME
  local image account
  local -a release=(run)
  account=$(runs_as "$1")
  if is_console "$1"; then
    release=(beta run) # which alone knows --iap
    look_up_project_number
  fi
  set_commit
  check_settings
  image=$REGION-docker.pkg.dev/$PROJECT_ID/$REPOSITORY/$account:$COMMIT
  run "$BIN/bigquery/apply_schemas.sh" --check "--project=$PROJECT_ID" ||
    die "$1 is not deployed: the store does not fit this code; run bin/bigquery/apply_schemas.sh first"
  ensure_account "$account"
  ensure_callers_of "$1"
  declare_service "$1" "$image"
  ensure_topics "$TOPIC"
  ensure_rights "$account"
  declare_nothing
  fixed_setting --repository-format docker format DOCKER
  ensure "artifacts repositories" "$REPOSITORY"
  ensure_image "$image" "$DOCKERFILE"
  declare_service "$1" "$image"
  run gcloud "${release[@]}" deploy "$1" "--project=$PROJECT_ID" "--region=$REGION" "${CREATE[@]}"
  run gcloud run services update-traffic "$1" "--project=$PROJECT_ID" "--region=$REGION" --to-latest
  ensure_bindings "$(invoker_rows "$1")"
  look_up_url "$2" "$1"
  say_done "$1 runs $COMMIT"
  if ! ((DRY_RUN)); then printf '%s\n' "${!2}"; fi
}
