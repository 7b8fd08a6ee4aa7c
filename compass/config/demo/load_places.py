"""Two more places where people return, each told in the language of its office: a garden in Niger, a workshop in Tunisia."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from compass.communities import actions as communities
from compass.config.demo.load_story import COUNSELLOR, SUPERVISOR, Teller

PUBLIC = "public_interest"
#: Who came to each meeting: group, sex, ages.
CAME = {
    ("returnee", "female", "18_59"): 6, ("returnee", "male", "18_59"): 9, ("non_returnee", "female", "18_59"): 28,
    ("non_returnee", "male", "18_59"): 19, ("non_returnee", "male", "60_over"): 5,
}  # fmt: skip
RETURNEES, NEIGHBOURS, WOMEN = 15, 52, 34


@dataclass(frozen=True)
class Project:
    """`options`: title, sector, hands of returnees and of neighbours; the first is chosen. `to`: how far it came."""

    key: str
    worker: str
    supervisor: str
    place: str
    area: str
    options: tuple[tuple[str, str, int, int], ...]
    summary: str
    minutes: str
    objective: str
    do_no_harm: str
    maintenance: str
    budget: Decimal
    currency: str
    to: tuple[str, ...]


PROJECTS = (
    Project(
        key="garden", worker=COUNSELLOR, supervisor=SUPERVISOR, place="Mirriah", area="NE-7",
        options=(
            ("Jardin maraîcher clôturé avec puits", "livelihoods", 9, 31),
            ("Réfection de deux salles de classe", "education", 4, 15),
            ("Éclairage du marché", "energy", 2, 6),
        ),
        summary="Les terres autour du bourg sont peu irriguées ; jeunes et personnes de retour partent à la saison sèche.",
        minutes="Réunion ouverte à tous. Les femmes ont parlé en premier et ont demandé le jardin ; l’école vient ensuite.",
        objective="Un hectare irrigué, cultivé ensemble, qui nourrit et donne un revenu toute l’année.",
        do_no_harm="Parcelles tirées au sort, moitié pour des femmes. Personne ne doit dire d’où il revient.",
        maintenance="Un comité de cinq personnes garde la clé, le puits et une caisse alimentée par les ventes.",
        budget=Decimal(6_500_000), currency="XOF", to=("approved", "ongoing"),
    ),
    Project(
        key="workshop", worker="tn.cases", supervisor="tn.supervisor", place="مدنين الشمالية", area="TN-82",
        options=(
            ("ورشة مشتركة لإصلاح الدراجات والأدوات", "livelihoods", 8, 24),
            ("تجديد ملعب الحي", "social_cohesion", 5, 20),
        ),
        summary="يبحث الشباب والعائدون عن عمل، والأدوات في الحي قليلة وغالية.",
        minutes="اجتماع مفتوح لكل الأهالي. طُلب أن تكون الورشة قرب المدرسة وأن تفتح للنساء أيضًا.",
        objective="مكان يعمل فيه العائدون والجيران معًا ويتعلمون إصلاح ما يحتاج إليه الحي.",
        do_no_harm="مفتوحة للجميع، ولا يُسأل أحد عن رحلته.",
        maintenance="لجنة من أربعة أشخاص تحفظ الأدوات وتجمع اشتراكًا صغيرًا كل شهر.",
        budget=Decimal(38_000), currency="TND", to=(),
    ),
)  # fmt: skip


class Places(Teller):
    """Relative to the moment that counts as now."""

    def all(self) -> None:
        self.tell(self.gardens)

    def ago(self, days: float) -> datetime:
        return self.progress.now - timedelta(days=days)

    def day(self, days: float) -> date:
        return self.ago(days).date()

    def gardens(self) -> None:
        for each in PROJECTS:
            self._place(each)

    def _place(self, each: Project) -> None:
        def said(step: str, days: float, pk: Any = None) -> dict[str, Any]:
            return self.told(f"{each.key}.{step}", self.ago(days), pk, PUBLIC)

        with self.at(each.worker) as work:
            (place,) = communities.add_places(
                work, [communities.NewPlace(**said("place", 120), name=each.place, area=each.area, high_return=True)]
            )
            communities.add_profiles(
                work,
                [
                    communities.NewProfile(
                        **said("profile", 100, place.pk), period_from=self.day(115), period_to=self.day(103),
                        priorities=tuple(option[1] for option in each.options), residents=3_100, returnees=85,
                        validated_on=self.day(100), summary=each.summary,
                    )
                ],
            )  # fmt: skip
            (meeting,) = communities.record_meetings(
                work,
                [
                    communities.MeetingHeld(
                        **said("meeting", 92, place.pk), kind="planning", held_on=self.day(92), came=CAME,
                        minutes=each.minutes,
                    )
                ],
            )  # fmt: skip
            options = communities.count_options(
                work,
                [
                    communities.OptionCounted(
                        **said(f"option.{number}", 92, meeting.pk), title=title, sector=sector,
                        votes_returnees=returnees, votes_neighbours=neighbours,
                    )
                    for number, (title, sector, returnees, neighbours) in enumerate(each.options)
                ],
            )  # fmt: skip
            (project,) = communities.choose_projects(
                work,
                [
                    communities.Chosen(
                        **said("choose", 90, options[0].pk), approach="new_community_based_project",
                        dimension="economic", budget=each.budget, currency=each.currency, objective=each.objective,
                        contribution="labour",
                    )
                ],
            )  # fmt: skip
            communities.secure_projects(
                work,
                [
                    communities.Secured(
                        **said("secure", 80, project.pk), returnees=RETURNEES, neighbours=NEIGHBOURS, women=WOMEN,
                        do_no_harm=each.do_no_harm, maintenance=each.maintenance, screened_on=self.day(80),
                    )
                ],
            )  # fmt: skip
        for number, to in enumerate(each.to):
            moved = communities.Moved(**said(to, 70 - 20 * number, project.pk), to=to)
            with self.at(each.supervisor if to == "approved" else each.worker) as work:
                (communities.approve_projects if to == "approved" else communities.advance_projects)(work, [moved])
