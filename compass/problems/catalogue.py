"""Every refusal the product can give: a number that never changes, what happened, and what to do next.

Numbers: 1xxx who may, 2xxx what is asked, 3xxx standards and consent, 4xxx keys and sealed data, 5xxx the machine.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Problem(Exception):
    """A refusal with a number. `details` fill the placeholders of the texts and are never names or stories."""

    number: ClassVar[int] = 0
    status: ClassVar[int] = 400
    title: ClassVar[str | Promise] = ""
    next_step: ClassVar[str | Promise] = ""

    def __init__(self, **details: Any) -> None:
        super().__init__(type(self).__name__, self.number)
        self.details = details

    def _fill(self, text: str | Promise) -> str:
        return str(text) % self.details if self.details else str(text)

    @property
    def what(self) -> str:
        """What happened, in the user's language."""
        return self._fill(self.title)

    @property
    def what_next(self) -> str:
        """What the user can do about it, in the user's language."""
        return self._fill(self.next_step)

    def __str__(self) -> str:
        return f"{self.what} {self.what_next}".strip()


class Denied(Problem):
    number, status = 1001, 403
    title = _("Your role does not allow this step.")
    next_step = _("Ask the person who is responsible for this record, or your supervisor.")


class ConfirmAgain(Problem):
    """`count`: the people who would be opened since the colleague last showed that it is them."""

    number, status = 1012, 403
    title = _("With this you open the records of %(count)s people since you last showed that it is you.")
    next_step = _("Somebody else could have sat down at your device. Give your password once more, then it goes on.")


class NotFound(Problem):
    """Also the answer for a record that exists elsewhere: a refusal must not tell that it exists."""

    number, status = 1002, 404
    title = _("There is no such record among those you work with.")
    next_step = _("Check the code. If the person moved to another office, ask that office.")


class SecondPersonNeeded(Problem):
    number, status = 1004, 403
    title = _("Someone else must approve this.")
    next_step = _("The person who prepared a step cannot approve it. Ask a colleague with the right role.")


class NoScope(Problem):
    """A programming fault made loud: a scoped table was read outside a unit of work."""

    number, status = 1005, 500
    title = _("The page asked for protected records without saying for whom.")
    next_step = _("Nothing was shown. Tell your administrator this number.")


class NoSuchOrganisation(Problem):
    number, status = 1006, 404
    title = _("There is no organisation of that name.")
    next_step = _("See how it is written with: compass organisation list")


class NoSuchColleague(Problem):
    number, status = 1007, 404
    title = _("There is no colleague of that user name.")
    next_step = _("See how it is written with: compass colleague list")


class NameTaken(Problem):
    number, status = 1008, 409
    title = _("This name is taken.")
    next_step = _("Choose another one; for a colleague who is known already use: compass colleague grant, or renew.")


class UserNameDoesNotFit(Problem):
    number, status = 1009, 400
    title = _("A user name names a post and no person: 3 to 60 small letters a to z, digits, dots and hyphens.")
    next_step = _("Write it for example so: zinder.social")


class RoleDoesNotFit(Problem):
    """`roles`: the codes of those that the organisation may have."""

    number, status = 1010, 400
    title = _("An organisation of this kind has other roles.")
    next_step = _("Choose at least one of these: %(roles)s.")


class WatcherDoesNotWork(Problem):
    number, status = 1011, 400
    title = _("Whoever watches over the work does not do it: such a role goes with no other.")
    next_step = _("Invite a second account for the data protection officer or the auditor.")


class Invalid(Problem):
    number, status = 2001, 400
    title = _("Something in the form is missing or not possible: %(what)s.")
    next_step = _("Correct it below; everything else you typed is still there.")


class StaleVersion(Problem):
    """`mine` and `theirs` (mappings of field to value) let the page show both versions side by side."""

    number, status = 2002, 409
    title = _("Someone saved this record while you were working on it.")
    next_step = _("Compare both versions below, choose what is right, and save again.")

    def __init__(self, current: Any = None, **details: Any) -> None:
        super().__init__(**details)
        self.current = current


class WrongState(Problem):
    number, status = 2003, 409
    title = _("This step does not fit the present state of the record.")
    next_step = _("Open the record again to see what has happened and what comes next.")


class Merged(Problem):
    number, status = 2008, 409
    title = _("This record was merged with %(code)s.")
    next_step = _("Open %(code)s and go on there: everything about the person is on that record.")


class NotYetOne(Problem):
    number, status = 2009, 409
    title = _("The two records cannot be made one, or two again, yet: %(what)s.")
    next_step = _("Settle that first, then come back.")


class NotYetErased(Problem):
    """`what`: why the record stays, in words."""

    number, status = 2010, 409
    title = _("This record cannot be erased: %(what)s.")
    next_step = _("Settle that first, or keep the record with its ground and look at it again.")


class KeyReused(Problem):
    number, status = 2004, 409
    title = _("This form was already sent, with other content, for another step or by someone else.")
    next_step = _(
        "The first one counts. To change it, open the record and make the change there; what you typed is still below."
    )


class UnknownCode(Problem):
    number, status = 2005, 400
    title = _("“%(value)s” is not in the list “%(list)s”.")
    next_step = _("Choose one of the listed values.")


class FileRefused(Problem):
    number, status = 2006, 400
    title = _("This file cannot be accepted: %(why)s.")
    next_step = _("Send a photo (JPEG, PNG) or a PDF of at most %(limit)s MB.")


class TooFarAway(Problem):
    number, status = 2007, 400
    title = _("The date %(date)s cannot be right.")
    next_step = _("Enter when it really happened; it cannot lie in the future.")


class ShortSetNotAsked(Problem):
    number, status = 2013, 409
    title = _("Your office does not ask these questions.")
    next_step = _("Help depends on none of them. Whoever runs COMPASS can turn them on for a country.")


class AlreadyAsked(Problem):
    """`current`: the request that waits."""

    number, status = 2012, 409
    title = _("The person asked for the same already, and it waits for its answer.")
    next_step = _(
        "Open what was recorded, and tell the person by when they get an answer. If they say that something else is wrong,"
        " say so below; what you typed is still there."
    )

    def __init__(self, current: Any = None, **details: Any) -> None:
        super().__init__(**details)
        self.current = current


class ShortSetNotForAge(Problem):
    number, status = 2011, 409
    title = _("These questions are made for people of 18 years and more.")
    next_step = _(
        "Of a child from 2 to 17 a parent or caregiver is asked the Child Functioning Module, which is not part of COMPASS."
        " If no age is recorded, write it down first; an estimate is enough."
    )


class ConsentMissing(Problem):
    number, status = 3001, 409
    title = _("The person has not agreed to this: %(scope)s.")
    next_step = _("Ask first. Help that needs no sharing goes on either way.")


class SaidNo(Problem):
    """The person refused or took back what a step without consent would share; `scope` in words."""

    number, status = 3007, 409
    title = _("The person said no to this: %(scope)s. A second person must agree before it is sent.")
    next_step = _(
        "Ask a supervisor to read it and agree. Only where minutes count for life or health, write why and send it at once."
    )


class NoConsulate(Problem):
    number, status = 3008, 409
    title = _("This person may need protection from their own country. Its consulate is not contacted.")
    next_step = _("Look for papers another way: legal counselling, UNHCR, or the asylum authority.")


class StandardNotMet(Problem):
    """`standards` lists the identifiers that are still open."""

    number, status = 3002, 409
    title = _("A minimum standard is not met yet: %(standards)s.")
    next_step = _("Do what the standard asks, then come back to this step.")


class BasisMissing(Problem):
    number, status = 3003, 400
    title = _("This step needs a legal basis.")
    next_step = _("Choose consent, vital interest, legal duty or public interest.")


class TalkInPrivate(Problem):
    number, status = 3005, 409
    title = _("An erasure is confirmed on another day than it was asked for, in private with the person.")
    next_step = _(
        "Talk again when the person is alone, face to face or on a number that only they use. Until then nothing is erased."
    )


class CopyInPrivate(Problem):
    number, status = 3006, 409
    title = _("A copy is made only alone with the person, and once you are sure that it is this person.")
    next_step = _(
        "Somebody else may want to read it. Talk when the person is alone, face to face; nothing is made until then, and"
        " nobody is told that it was asked for."
    )


class BestInterestsFirst(Problem):
    number, status = 3004, 409
    title = _("This return is stopped: the best interests of the child come first.")
    next_step = _("See below what must happen before any decision.")


class Unreadable(Problem):
    number, status = 4001, 500
    title = _("A sealed record could not be opened.")
    next_step = _("Nothing was changed. Tell your data protection officer this number.")


class KeyAbsent(Problem):
    number, status = 4003, 403
    title = _("Your organisation does not hold the key to this record.")
    next_step = _("It opens once the other office hands it over or refers it to you.")


class WordMisspelt(Problem):
    """Custodians' words are never repeated: the position is enough."""

    number, status = 4004, 400
    title = _("Word %(position)s is not one of the words that keys are written in.")
    next_step = _("Compare it with your sheet and type all the words again.")


class WordsTooFew(Problem):
    number, status = 4005, 400
    title = _("These are %(count)s words; a custodian has %(wanted)s.")
    next_step = _("Type all the words of one sheet, in their order, with spaces between them.")


class WordsDoNotFit(Problem):
    number, status = 4006, 400
    title = _("Each word exists, but together they are not the words of a custodian.")
    next_step = _(
        "One word was exchanged for another, or two changed places. Compare them with your sheet, one by one."
    )


class SameWordsTwice(Problem):
    number, status = 4007, 400
    title = _("These are the words of the same custodian again.")
    next_step = _("Two different custodians are needed.")


class WordsOfTwoSets(Problem):
    number, status = 4008, 400
    title = _("The words of these two custodians were not made together.")
    next_step = _(
        "Use two sheets with the same date: sheets from before a change of custodians do not mix with later ones."
    )


class WordsOfOlderKey(Problem):
    number, status = 4009, 400
    title = _("These words are of key %(number)s, which was replaced by key %(current)s. They open nothing any more.")
    next_step = _("Use the sheets that were written when key %(current)s was made.")


class WordsOfAnotherKey(Problem):
    number, status = 4010, 400
    title = _("These words fit together, but their key is not the key of this installation.")
    next_step = _("Check that the sheets are those of this installation, and that the right data folder is used.")


class RootKeyAway(Problem):
    number, status = 4011, 503
    title = _("This server does not hold key %(number)s, which protects these records now.")
    next_step = _("Nothing was lost. Ask your administrator to restart COMPASS with two custodians.")


class Locked(Problem):
    """Says nothing of why, for it may be read by whoever forced somebody to open it."""

    number, status = 4012, 503
    title = _("COMPASS is locked.")
    next_step = _(
        "Nothing that was saved is lost. It opens again when its custodians bring their words; until then nobody in any"
        " office can open it. What you must do for people meanwhile, do without it."
    )


class OfficeLocked(Problem):
    number, status = 4013, 503
    title = _("The records of this organisation are locked.")
    next_step = _(
        "Nothing that was saved is lost. They open again when the custodians bring their words; until then nobody can open"
        " them. What you must do for people meanwhile, do without them."
    )


class TokenAway(Problem):
    """`why`: the name of the fault as PKCS#11 has it."""

    number, status = 4014, 503
    title = _("The token that keeps the key cannot be reached (%(why)s).")
    next_step = _(
        "Plug it in, or correct COMPASS_PKCS11_MODULE and COMPASS_PKCS11_TOKEN. Without it two custodians open with their"
        " words."
    )


class PinRefused(Problem):
    number, status = 4015, 400
    title = _("The token did not take this PIN.")
    next_step = _("Type it once more. After a few wrong ones a token locks itself; two custodians open then.")


class PinLocked(Problem):
    number, status = 4016, 400
    title = _("The token has locked its PIN.")
    next_step = _("Whoever keeps the token’s own administration can set a new one. Until then two custodians open.")


class TokenForeign(Problem):
    number, status = 4017, 400
    title = _("The key on this token does not open this installation.")
    next_step = _(
        "Use the token with which it was set up. If the root key was exchanged since, two custodians put the new one under"
        " the token with: compass keys token"
    )


class TooManyTries(Problem):
    number, status = 5001, 429
    title = _("Too many tries in a short time.")
    next_step = _("Wait a few minutes, then try again.")


class SearchedTooOften(Problem):
    """`count`: how many searches a colleague may make in an hour."""

    number, status = 5003, 429
    title = _("You have made %(count)s searches within an hour, which is the most there may be.")
    next_step = _("Go on with the codes you have, and search again later. Your supervisor can search too.")


class OpenedTooOften(Problem):
    """`count`: about how many different people a colleague may open sealed words within an hour."""

    number, status = 5006, 429
    title = _("You have opened the records of %(count)s people within an hour, which is the most there may be.")
    next_step = _("Whoever you opened already stays open to you. For anybody else ask a colleague, or wait a while.")


class AskedTooOften(Problem):
    """`count`: about how many people a colleague may ask within a day; an office may about four times as many."""

    number, status = 5005, 429
    title = _(
        "Today it was asked about as many people as may be: %(count)s by one colleague, or all that your office may."
    )
    next_step = _("Ask again tomorrow, and only about people who hope for it themselves.")


class CopiedTooOften(Problem):
    """`count`: how many copies may be made in that time."""

    number, status = 5004, 429
    title = _("%(count)s copies were made within a short time, which is the most there may be.")
    next_step = _("Wait until tomorrow, or ask your supervisor. Nothing was copied.")


class DatabaseAway(Problem):
    number, status = 5002, 503
    title = _("COMPASS cannot reach its records at the moment.")
    next_step = _("Nothing was lost. Wait a minute and send the form again: it counts once.")
