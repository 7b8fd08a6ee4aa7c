"""How often a colleague may search, and when that is out of the ordinary. The one place for these figures.

A desk at a bus station registers at most some fifteen people an hour; who looks each of them up once or twice stays well
below. They are provisional until offices have worked with them.
"""

from __future__ import annotations

from datetime import timedelta

HOUR = timedelta(hours=1)
#: Searches of one colleague within an hour; the next one is refused in words.
SEARCHES_AN_HOUR = 30
#: Records of one colleague compared within an hour as they are written down; more are saved and not compared.
COMPARISONS_AN_HOUR = 60

#: A day of one colleague is listed for the supervisor and the data protection officer from here on.
SEARCHES_A_DAY = 60
EMPTY_A_DAY = 10
#: One record written anew and compared again and again is a way to try out names.
SAME_RECORD_A_DAY = 4
#: Asking about one person after the other whether somebody elsewhere knows them is listed from here on.
ELSEWHERE_A_DAY = 5
#: How far back the list goes.
LISTED = timedelta(days=30)

#: Candidates opened inside the process for one search; where more agree equally, one more attribute is asked for.
MOST_OPENED = 100
#: Results on the page, and people beside a record that was just written down.
MOST_SHOWN = 20
MOST_COMPARED = 5

DAY = timedelta(days=1)
#: Asks whether another organisation works with a person too, of one colleague and of one office within a day; the next one
#: is refused.
ASKS_A_DAY = 10
OFFICE_ASKS_A_DAY = 40
#: How long such an ask takes part in the nightly comparison.
ASK_LASTS = timedelta(days=90)
