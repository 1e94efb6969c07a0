"""The words of the field that are about criteria and scores."""

from django.utils.translation import gettext_lazy as _

from lib.glossary import Term, register

register(
    Term(
        key="criteria",
        label=_("Criteria"),
        text=_(
            "What marketing and sales have agreed a lead has to be and do before sales calls. Each version is"
            " signed by"
            " both teams, and one is in force."
        ),
    ),
    Term(
        key="score",
        label=_("Score"),
        text=_("The points of a lead by the criteria in force: fit and engagement, and what a person gave by hand."),
    ),
    Term(
        key="fit",
        label=_("Fit"),
        text=_("How well the person and the company match those you sell to: job, company size, industry, country."),
    ),
    Term(
        key="engagement",
        label=_("Engagement"),
        text=_(
            "How much a person has shown interest by what they did: visits, downloads, mails, forms. It can fade"
            " with time."
        ),
    ),
    Term(
        key="threshold",
        label=_("Threshold"),
        text=_("The points from which a lead qualifies, together with what else the criteria require."),
    ),
    Term(
        key="grade",
        label=_("Grade"),
        text=_(
            "A letter for fit, from A to D, and a number for engagement, from 1 to 4, each in quarters of what can be"
            " reached. A1 fits best and is the most interested."
        ),
    ),
    Term(
        key="fast-track",
        label=_("Fast track"),
        text=_(
            "One rule is enough, whatever the score: who asks for a demo, say, goes to sales at once and stands first"
            " in the queue."
        ),
    ),
    Term(
        key="persona",
        label=_("Persona"),
        text=_(
            "A kind of person you sell to, as a set of conditions. A lead shows the one it matches best; it"
            " gives no points."
        ),
    ),
    Term(
        key="half-life",
        label=_("Half-life"),
        text=_("After so many days what was done is worth half of its points, after as many again a quarter."),
    ),
    Term(
        key="what-if",
        label=_("What-if"),
        text=_("How many leads would qualify by other criteria, counted before anything is changed."),
    ),
    Term(
        key="backtest",
        label=_("Backtest"),
        text=_("What criteria would have done with the leads of the past, of which it is known what came of them."),
    ),
)
