"""Desired and live -> the plan. Pure: nothing here opens a file, a socket or a process.

How the pipeline uses it:

1. ``read_live(object)`` for every row as it comes from the server (rows that lack a managed field: get the object first,
   see ``canonical.missing``), so that its JSON can be dropped; then ``rows = LiveRows(lives, namespace)``.
2. ``lookups = Lookups(environment, connectors, connector rows, person rows, rows.ids(choices.keep), keys of the files)``.
3. ``desire(playbook, file, lookups, errors)`` for every file that the schema accepted; the others are
   ``Situation.unreadable``. A `Desired` holds digests, no text, and may be kept in a cache under the file's content and
   ``lookups.answers`` of its ``names_in``.
4. ``make_plan(desired, rows, situation, choices, bodies)``, where ``bodies(key)`` renders one file again: it is called
   only for playbooks that something moved in.
5. For every change that ``merges``: ``merged_document``, all rules on it; where it breaks one that the file keeps, plan
   again with ``Situation.broken_merges``.

``sync PLAN`` does the same with the saved plan's choices, and asks ``moved_since(saved, now)``.

Which module decides what: ``rows`` in which row of the table a key is, ``three_way`` what becomes of a moved field,
``brakes`` whether live is safer, ``by_key``, ``by_field``, ``adoption`` and ``switched_off`` turn that into changes,
``waves`` orders them, ``safety`` refuses the whole. A callee without an id is a placeholder until apply has created it.
"""

from playbookctl.plan.lookups import Lookups, Missed
from playbookctl.plan.make import make_plan
from playbookctl.plan.merge import merged_document
from playbookctl.plan.render import Unrendered, desire, names_in, render, unrender
from playbookctl.plan.rows import LiveRows, Row
from playbookctl.plan.saved import moved_since
from playbookctl.plan.sides import Ancestry, Desired, Live, LiveClass, Situation, Thresholds, Unreadable, read_live

__all__ = [
    "Ancestry",
    "Desired",
    "Live",
    "LiveClass",
    "LiveRows",
    "Lookups",
    "Missed",
    "Row",
    "Situation",
    "Thresholds",
    "Unreadable",
    "Unrendered",
    "desire",
    "make_plan",
    "merged_document",
    "moved_since",
    "names_in",
    "read_live",
    "render",
    "unrender",
]
