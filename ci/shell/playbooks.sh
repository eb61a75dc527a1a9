#!/usr/bin/env bash
# The steps of the other recipes for any other CI, or for a terminal:
#
#   playbooks.sh install | validate | review | comment | plan | sync | drift
#
# Variables:
#   PLAYBOOKCTL   what 'install' installs; put the address you got playbookctl from in place of OWNER
#   PLAYBOOKS_ENV the environment of playbookctl.yaml to plan against and to sync to (default: prod)
#   BASE          what a change is to be merged into (default: origin/main)
#   FORGE         github or gitlab, with the variables that 'playbookctl comment --help' names
#
# 'install', 'validate' and 'review' need no secret and may see a stranger's change; 'comment' must run in a job that has not
# run anything of it; 'plan' and 'drift' want credentials that only read, 'sync' those that write. Clone the whole history.
set -euo pipefail

PLAYBOOKCTL="${PLAYBOOKCTL:-playbookctl @ git+https://github.com/OWNER/playbookctl@v0.1.0}"
PLAYBOOKS_ENV="${PLAYBOOKS_ENV:-prod}"

case "${1:-}" in
  install) PYTHONSAFEPATH=1 python3 -m pip install --quiet --disable-pip-version-check "$PLAYBOOKCTL" ;;
  validate) playbookctl validate --report sarif=playbookctl.sarif --report junit=playbookctl.xml ;;
  review) playbookctl review --base "${BASE:-origin/main}" --format markdown > review.md ;;
  comment) playbookctl comment --forge "$FORGE" --file review.md --untrusted ;;
  plan) playbookctl plan --env "$PLAYBOOKS_ENV" --report markdown=plan.md ;;
  sync) playbookctl sync --env "$PLAYBOOKS_ENV" --yes ;;
  drift) playbookctl drift --env "$PLAYBOOKS_ENV" --fail --report markdown=drift.md ;;
  *)
    sed -n '2,4p' "$0" >&2
    exit 2
    ;;
esac
