"""What a referral says, in the words of its two pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compass.access.work import Work
from compass.cases.forms_referral import field_label
from compass.cases.models import CaseReferral, Referral
from compass.cases.sealing import open_from
from compass.people.models import CHILD_BANDS
from compass.problems.words import in_a_row
from compass.vocabulary import code_list, label_of, language

YES_NO = {"yes": gettext_lazy("Yes"), "no": gettext_lazy("No")}


def who(payload: Mapping[str, Any]) -> str:
    """Whom the referral is for, in one line that cannot be mistaken for the parent who comes along."""
    told = {"sex": code_list("sex").require(payload["sex"]).label, "age": _label("age_band", payload["age_band"])}
    if not payload["age_band"]:
        return _("For one person, age not known: %(sex)s") % told
    if payload["age_band"] not in CHILD_BANDS:
        return _("For an adult: %(sex)s, %(age)s") % told
    relation = payload.get("relation") or "principal"
    if relation == "principal":
        return _("For a child: %(sex)s, %(age)s") % told
    return _("For a child: %(sex)s, %(age)s. In the family: %(relation)s") % {
        **told, "relation": label_of("person_relation", relation),
    }  # fmt: skip


def facts(payload: Mapping[str, Any], sender: bool) -> list[tuple[str, str]]:
    """Each thing that the referral says with its word; the sender is told that a telephone goes along, not which."""
    spoken = in_a_row(_language(code) for code in payload["languages"])
    rows = [
        (_("Sex"), code_list("sex").require(payload["sex"]).label),
        (_("Age"), _label("age_band", payload["age_band"])),
        *([(_("Languages"), spoken)] if spoken else []),
        *((field_label(name), str(YES_NO.get(text, text))) for name, text in payload["fields"].items()),
    ]
    contact = payload["contact"]
    if contact is None:
        rows.append((_("Contact"), _("The person did not allow it: write to the office.")))
    elif sender:
        rows.append((_("Contact"), _("Goes along, sealed")))
    else:
        rows.append((_("Telephone"), str(contact.get("phone") or "")))
        if way := contact.get("safe_contact"):
            rows.append((_("How to reach the person"), _label("safe_contact", way)))
        if contact.get("safe_times"):
            rows.append((_("Call only at these times"), str(contact["safe_times"])))
        if contact.get("speak_as"):
            rows.append((_("Say that you are"), str(contact["speak_as"])))
        if contact.get("what_to_say"):
            rows.append((_("On the telephone say only"), str(contact["what_to_say"])))
    return rows


def _label(list_id: str, value: str) -> str:
    code = code_list(list_id).get(value)
    return code.label if code else ""


def _language(value: str) -> str:
    try:
        return str(language(value).label)
    except KeyError:
        return value


def payload_of(work: Work, row: Referral) -> dict[str, Any]:
    """What the partner reads, opened. Raises KeyAbsent once its time is over."""
    found: dict[str, Any] = work.keys.open(
        row.payload_sealed, table="cases_referral", column="payload_sealed", subject=row.pk
    )
    return found


def override(work: Work, side: CaseReferral) -> str:
    """Why it could not wait for consent, for whoever has to look at it."""
    return _read(work, side, "override_sealed")


def at_once(work: Work, side: CaseReferral) -> str:
    """Why it was sent after a no without waiting for anybody, for whoever has to look at it; empty where it was not."""
    return _read(work, side, "at_once_sealed") if side.at_once_by else ""


def _read(work: Work, side: CaseReferral, column: str) -> str:
    if not work.keys.holds([side.person_id]):
        return ""
    work.opens("cases.reveal", [side.person_id], results=[side.pk], why="review")
    return str(open_from(work, side, column) or "")
