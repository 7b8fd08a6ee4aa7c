"""What people hold and tell at a desk, and what of it is written down: shares of registrations, each with what it rests on.

Decided once, on 23 November 2026, from the field's own texts and from what the desk of this product asks, by somebody who
had not read `compass.people.matching` nor run it; nothing here is ever changed to suit a matcher.
[S] a source gives the figure; [C] a source gives the custom, the figure is judged from it; [J] judged, no source found.
Most sources were read in excerpts.

Documents. Of grown people in low-income countries 28 of 100 men and 44 of 100 women have no identity card, in most
middle-income countries fewer than 10 (World Bank, ID4D-Findex 2017) [S]; of Afghan women 56 have no tazkira (IWPR, 27 March
2017) [S]. Nearly two thirds of the migrants asked in Libya had no passport (IOM DTM Libya, Missing ID, April 2024), and
theft and confiscation of papers on the road are commonplace (IOM Niger, profiling 2014): of those who were given a paper
0.6 have it with them [C], one in ten loses it between two registrations [J]. A child has no card before the age at which it
is given; 0.2 have a certificate with a number with them [J].

Numbers of other organisations. The desk asks for them as they are written on the card or slip; that of a family or a file
finds nobody (list agency_number) and is left out here. UNHCR registers refugees; most people of this programme are migrants
(case-management.md 0): 0.25 of the nationalities that are mostly refugees, 0.1 of the others have a number of their own
[J]. The desk asks for no token; the card of a centre is one of the documents, and no source says how many have one.

Parents. The father is no part of the page on identity; he is a further name, asked when a name alone tells nobody apart.
Afghan papers carried the father's and the grandfather's name and, until September 2020, not the mother's, whose name it is
a shame to say (The Wire, 1 September 2020; BBC) [C]. Names of parents are never uttered in Hausa society (A. U. Adamu,
Hausa names as ethnographic identifiers, 2024) [C]. Birth certificates of the French tradition give both (Guinea, Civil Code
art. 196, in IRB GIN100489) [C]. An Ethiopian's second name is already the father's [C].

Telephones. Refugee women own one 13 (Kiziba) to 47 (Bidi Bidi) of 100 less often than men and borrow more often (GSMA,
Sizing the mobile gender gap in refugee contexts, 2019): 0.7 of the men's share [S], and of the men everyone, as before;
whether it is written down is another share. A child below 14 has none [J].

Ages. In Katsina 86 to 88 of 100 outpatients gave an age with a wrong last digit, 5 and 0 most of all; Whipple's index was
"very rough", above 175, where 35 of 100 ages end so instead of 20 (Y. Bello, IJPAST 10(1), 2012): 0.3 of those who do not
know when they were born round their age to five [S, one place; C elsewhere].

Names. Of Sudanese men nearly 3 million are called Mohammed, 1.2 million Ahmed, then half a million Khalid and 0.49 million
Ali, of some 24 million (Forebears, in The Sudanist, 2025) [S, weak: one country, secondary]. Afghan and Arab women do not
take the husband's name (SBS Cultural Atlas; guide of the Guild of One-Name Studies, Egypt) [S].
"""

from __future__ import annotations

from dataclasses import dataclass

#: The year in which all of this is registered.
TODAY = 2026
GROWN, OWN_TELEPHONE_FROM = 16, 14

#: Nationalities of whose grown people less than a tenth lack an identity card; and who came mostly as refugees.
MIDDLE_INCOME, REFUGEES = frozenset({"SYR", "MAR"}), frozenset({"SYR", "SDN", "AFG"})
#: Whose papers are in another script than the Latin; a clerk who writes Latin letters copies fewer of them.
OTHER_SCRIPT = frozenset({"SYR", "SDN", "AFG", "ETH"})
#: Whose papers are written by the French school.
FRENCH_PAPERS = frozenset({"MAR", "MRT", "GIN", "MLI", "SEN", "CIV", "NER"})

CHILD_HOLDS, WITH_THEM, LOST_SINCE = 0.2, 0.6, 0.1
#: A number that is at hand is written down; the name in the paper beside it.
NUMBER_WRITTEN, NAME_COPIED, NAME_COPIED_FROM_OTHER_SCRIPT = 0.8, 0.35, 0.15
WOMEN_WITH_TELEPHONE = 0.7
ROUND_AGE = 0.3
#: Shares of the two commonest names of men.
ARABIC_MEN = (0.12, 0.05)


@dataclass(frozen=True)
class Parents:
    """Share of registrations in which the name of the father, of the mother is written; that of the father where somebody
    has one name only and the clerk asks for another."""

    father: float
    mother: float
    father_of_one_name: float = 0.7


#: By people.
PARENTS = {
    "arabic": Parents(0.3, 0.2),
    "french": Parents(0.3, 0.25),
    "hausa": Parents(0.15, 0.05, 0.5),
    "amharic": Parents(0.15, 0.1),
    "dari": Parents(0.4, 0.03),
}
#: Where the father's name of somebody of one name is put: as his, among other names, or in the place of a family name.
FATHER_PUT = (("father", 0.7), ("other", 0.15), ("family", 0.15))


def holds(nationality: str, woman: bool, age: int) -> float:
    """Share of people to whom an identity document was ever given."""
    if age < GROWN:
        return CHILD_HOLDS
    if nationality in MIDDLE_INCOME:
        return 0.92
    if woman:
        return 0.44 if nationality == "AFG" else 0.56
    return 0.72


def has_agency_number(nationality: str) -> float:
    """Share of people whom another organisation knows by a number of their own."""
    return 0.25 if nationality in REFUGEES else 0.1
