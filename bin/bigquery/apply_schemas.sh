#!/usr/bin/env bash
# Creates the datasets, tables and views of shared/schema/, and adds the columns that the tables there lack.
#
# Usage: apply_schemas.sh [--check] [--dry-run] [--project=PROJECT_ID]
#
# Changes are additive: a column of another type, or a new one that must not be null, is refused with a sentence before
# anything is changed. --check changes nothing and exits 1 if the store does not fit the code. A second run changes nothing.
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../lib/all.sh" || exit 1

bq_show() { exists bq --headless "--project_id=$PROJECT_ID" show "$PROJECT_ID:$1"; }

# Reads what exists into the folder FOUND_TABLES, and the datasets that do not exist into MISSING_DATASETS.
read_store() {
  local name file
  MISSING_DATASETS=()
  for name in $(cd "$ROOT/shared/schema" && printf '%s\n' *.sql | cut -d. -f1 | sort -u); do
    bq_show "$name" || MISSING_DATASETS+=("$name")
  done
  for file in "$ROOT"/shared/schema/*.sql; do
    name=$(basename "$file" .sql)
    if [[ " ${MISSING_DATASETS[*]} " == *" ${name%%.*} "* ]]; then continue; fi
    if bq_show "$name"; then printf '%s' "$FOUND" >"$FOUND_TABLES/$name.json"; fi
  done
}

# Reads the statements that make the store fit into STATEMENTS; ends the script if one is refused.
plan_changes() {
  local plan=$FOUND_TABLES/plan code=0
  (cd "$ROOT" && PYTHONPATH=$ROOT "$PYTHON" "$BIN/bigquery/plan_changes.py" "$FOUND_TABLES" >"$plan") || code=$?
  ((code != 3)) || die "nothing was changed: the store does not fit the code, and adding to it does not help"
  ((code == 0)) || die "nothing was changed: $PYTHON could not compare the store with the code"
  mapfile -d '' -t STATEMENTS <"$plan"
}

EXTRA_OPTION=--check parse_options "$@"
expect_arguments 0 0 ''
((IS_EXTRA + DRY_RUN < 2)) || usage_error "--check changes nothing, so --dry-run has nothing to show"
load_settings
require_commands bq "$PYTHON"
FOUND_TABLES=$(mktemp -d)
trap 'rm -rf "$FOUND_TABLES"' EXIT
read_store
plan_changes
if ((IS_EXTRA && ${#MISSING_DATASETS[@]} + ${#STATEMENTS[@]} > 0)); then
  for name in "${MISSING_DATASETS[@]}"; do say "missing: dataset $name"; done
  for statement in "${STATEMENTS[@]}"; do say "missing: ${statement%%$'\n'*}"; done
  die "the store does not fit the code; run bin/bigquery/apply_schemas.sh"
fi
for name in "${MISSING_DATASETS[@]}"; do
  run bq --headless "--project_id=$PROJECT_ID" "--location=$BIGQUERY_LOCATION" mk --dataset "$PROJECT_ID:$name"
done
for statement in "${STATEMENTS[@]}"; do
  run_query "$statement"
done
say_done "the store in $PROJECT_ID fits the code"
