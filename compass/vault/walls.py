"""What each table lets each database role do, declared beside its model and applied by `compass migrate`.

`wall` is an attribute of every model. Row-level security is enabled (not forced) on each table whose `using` is set; the
roles are those of DESIGN.md section 3. The second wall holds against SQL that the application never meant to send.
"""

from __future__ import annotations

from dataclasses import dataclass

OWN_ORGANISATION = "organisation_id = ANY ((SELECT compass_scope_organisations())::uuid[])"
SHARED_WITH = f"({OWN_ORGANISATION} OR to_organisation_id = ANY ((SELECT compass_scope_organisations())::uuid[]))"


@dataclass(frozen=True)
class Wall:
    """Privileges per role and the row condition.

    `app`, `public`, `counts`: SQL privileges of `compass_app`, `compass_public`, `compass_counts` on the table.
    `using`: SQL condition a row must meet to be seen or changed by the app role; None for tables without case data.
    `insert`: SQL condition for a new row when it differs from `using`.
    `moves_with`: the foreign key whose target's organisation this row follows when a person changes organisation.
    """

    app: str = "SELECT, INSERT, UPDATE"
    public: str = ""
    counts: str = ""
    using: str | None = OWN_ORGANISATION
    insert: str | None = None
    moves_with: str | None = None
