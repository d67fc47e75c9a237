# shellcheck shell=bash
# shellcheck disable=SC2153  # FOUND is set by what reads
# Comparing what is there with what was declared; every difference is named and counted in FAULTS.

FAULTS=0

fault() {
  say "wrong: $*"
  FAULTS=$((FAULTS + 1))
}

verify() { # GROUP NAME, declared
  local drift line
  local -a group
  read -ra group <<<"$1"
  set_scope "$1"
  if ! exists gcloud "${group[@]}" describe "$2" "${SCOPE[@]}"; then
    fault "$2 does not exist"
    return
  fi
  if ((${#FIELDS[@]} == 0)); then return; fi
  drift=$(differences "$FOUND")
  while IFS= read -r line; do
    if [[ -n $line ]]; then fault "$2: $line"; fi
  done <<<"$drift"
}

# Names each entry of a JSON list that begins with one of the prefixes, if there are any, and is not wanted. Resource
# names count by their last part.
verify_only() { # WHAT JSON_LIST PREFIXES WANTED...
  local entry prefix
  local -a prefixes
  read -ra prefixes <<<"$3"
  while IFS= read -r entry; do
    entry=${entry##*/}
    for prefix in "${prefixes[@]:-}"; do
      if [[ $entry == "$prefix"* && " ${*:4} " != *" $entry "* ]]; then fault "$1 $entry should not be there"; fi
    done
  done <<<"$(json_strings "$2")"
}

# Prints the strings of a JSON list, one a line.
json_strings() { # JSON_LIST
  grep -o '"[^"]*"' <<<"$1" | tr -d '"' || true
}

# Verifies rows of bindings, all of one role; EXACTLY says that nobody else may have it.
verify_bindings() { # ROWS [EXACTLY]
  local row group name role member found
  local -a rows
  mapfile -t rows <<<"$1"
  for row in "${rows[@]}"; do
    IFS='|' read -r group name role member <<<"$row"
    if ! read_policy "$group" "$name"; then
      fault "$name does not exist"
      continue
    fi
    found=$(members "$FOUND" "$role")
    [[ $found == *"\"$member\""* ]] || fault "$name: $member lacks $role"
    if [[ $FOUND == *\"allUsers\"* || $FOUND == *\"allAuthenticatedUsers\"* ]]; then fault "$name: is open to everybody"; fi
    if [[ -n ${2:-} ]]; then verify_no_other "$name" "$role" "$found" "$1"; fi
  done
}

verify_no_other() { # NAME ROLE MEMBERS ROWS
  local member
  while IFS= read -r member; do
    [[ -z $member || "$4"$'\n' == *"|$1|$2|$member"$'\n'* ]] || fault "$1: $member has $2 and should not"
  done <<<"$(json_strings "$3")"
}

verify_service() { # SERVICE
  local name
  declare_service "$1" ''
  expect 'metadata.annotations[run.googleapis.com/invoker-iam-disabled]' ''
  expect 'status.conditions[type=Ready].status' True
  expect 'status.traffic[latestRevision=True].percent' 100
  verify "run services" "$1"
  verify_only "$1: the environment variable" "$(fields "${FOUND:-}" 'spec.template.spec.containers[0].env.name')" \
    '' "${SERVICE_SETTINGS[@]}" WEB_CONCURRENCY THREADS BUILD "${ALERT_SETTINGS[@]}"
  verify_bindings "$(invoker_rows "$1")" exactly
  verify_bindings "$(rights_rows "$(runs_as "$1")")"
}

# Verifies the status that a service answers a GET with; ANSWERS is a pattern.
verify_answer() { # URL ANSWERS TOKEN
  local code
  local -a call=(curl --silent --max-time 60 --output /dev/null --write-out '%{http_code}')
  if [[ -n $3 ]]; then # from standard input: a command line can be read by others
    code=$("${call[@]}" --header @- "$1" <<<"Authorization: Bearer $3") || true
  else
    code=$("${call[@]}" "$1") || true
  fi
  [[ $code =~ ^($2)$ ]] || fault "GET $1 ${3:+with a token }answered ${code:-nothing} and not $2"
}
