"""The written family: from a bus at the migrant centre of Zinder to a home in Edo, in the words workers would type.

Everybody here is invented. Texts are short on purpose: what the work needs, in the person's own terms, and nothing
about the past that nobody has to know. Zinder writes French, Edo English; her own words are kept as she said them.
`DAYS` places every step, in days after arrival, so that the demonstration and the tests share one calendar.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from compass.config.demo.chapters import (
    Activity,
    Arrival,
    ChildAtHome,
    CommunityProject,
    Consent,
    Decision,
    Goal,
    Handover,
    Home,
    Livelihood,
    Member,
    Referral,
    Screening,
    Story,
)
from compass.config.demo.shapes import Names

DAYS: Mapping[str, int] = {
    "arrival": 0, "consent": 1, "screening": 1, "assessment": 3, "plan": 5, "referral": 1, "referral_reply": 2,
    "activity": 6, "question": 20, "counselling": 22, "declaration": 26, "approval": 28, "handover": 34,
    "acceptance": 36, "departure": 47, "reception": 48, "home_plan": 62, "stall": 80, "community_meeting": 75,
    "well": 130, "survey": 138, "follow_up": 170, "closure": 240,
}  # fmt: skip

FAMILY = Story(
    members=(
        Member(
            "mother",
            Names("Isoken", "Aghedo", "", "Latn"),
            "female",
            31,
            11_480,
            "exact_date",
            "NG",
            "Ehor",
            "NG-ED",
            ("bin", "pcm", "ha"),
            "principal",
            "accompanied",
            "+22700041763",
            "at_the_centre",
        ),
        Member(
            "daughter",
            Names("Ivie", "Aghedo", "", "Latn"),
            "female",
            7,
            2_690,
            "exact_date",
            "NG",
            "Ehor",
            "NG-ED",
            ("bin", "ha"),
            "child",
            "accompanied",
            "",
            "at_the_centre",
        ),
        Member(
            "son",
            Names("Efosa", "Aghedo", "", "Latn"),
            "male",
            4,
            None,
            "year_only",
            "NG",
            "Ehor",
            "NG-ED",
            ("bin", "ha"),
            "child",
            "accompanied",
            "",
            "at_the_centre",
        ),
        Member(
            "boy",
            Names("Nura", "Tanko", "", "Latn"),
            "male",
            14,
            None,
            "stated_age",
            "NG",
            "Gwarzo",
            "NG-KN",
            ("ha",),
            "unrelated_child",
            "unaccompanied",
            "",
            "at_the_centre",
        ),
    ),
    arrival=Arrival(
        country="NE",
        area="NE-7",
        site="Centre pour migrants de Zinder",
        people=4,
        language="ha",
        source="mrrm_migrant_centre",
        urgent_need="medical_emergency",
        note="Arrivés par le car d’Agadez. Le plus jeune a de la fièvre et boit peu : infirmerie avant toute question.",
    ),
    consent=Consent(
        mode="verbal_certified",
        language="ha",
        interpreter="Interprète du centre, haoussa et pidgin nigérian",
        refused=("research_nonidentifying", "share_authorities"),
        note=(
            "La notice a été écoutée puis reprise avec l’interprète. Madame a redit avec ses mots ce que COMPASS garde "
            "et pourquoi. Elle refuse la recherche et le partage avec les autorités. L’aide ne change pas."
        ),
        guardian_request=(
            "Demande d’un tuteur à la direction régionale chargée de la protection de l’enfant. L’adolescent voyage "
            "sans parent ni proche ; la personne qui l’accompagne n’est pas responsable de lui."
        ),
        child_note=(
            "Expliqué à l’adolescent seul, en haoussa. Il est d’accord pour être aidé et pour que l’on cherche son "
            "oncle. Il souhaite rester près de la famille avec qui il est arrivé."
        ),
    ),
    screening=Screening(
        result="protection_case",
        risk="medium",
        child_result="child_uasc",
        child_risk="high",
        child_trigger="child_without_caregiver",
        reason="Seule avec deux enfants, sans ressources ; pas de menace immédiate au centre.",
        child_reason="Enfant sans adulte responsable.",
        assessment=(
            "Mère de deux jeunes enfants, bloquée au Niger depuis sept mois. Elle dort et mange au centre, ses papiers "
            "sont restés à Agadez. Fatigue, inquiétude pour le plus jeune. Forces : elle tenait un commerce, parle "
            "trois langues, appelle sa sœur à Ehor chaque semaine et décide avec calme."
        ),
        child_assessment=(
            "Adolescent de Gwarzo, État de Kano, en route depuis quatre mois. Bonne santé, sommeil difficile. Il sait "
            "lire, aime réparer les radios et aide les plus petits. Il a le nom et le quartier d’un oncle à Kano."
        ),
    ),
    goals=(
        Goal(
            "health_physical",
            "« Que mon garçon guérisse et joue de nouveau. »",
            "Consultation au dispensaire partenaire, puis contrôle par l’infirmière du centre.",
            "MED",
            7,
        ),
        Goal(
            "identity_documentation",
            "« Avoir un papier avec mon nom et ceux de mes enfants. »",
            "Retrouver les papiers laissés à Agadez ; sinon, demande de documents, si elle le souhaite.",
            "DOC",
            30,
        ),
        Goal(
            "child_protection_care",
            "« Que mes enfants aient une journée d’enfants. »",
            "Activités du centre trois matins par semaine.",
            "CHC",
            14,
        ),
        Goal(
            "communication_information",
            "« Savoir ce qui est possible avant de choisir. »",
            "Entretien d’information sur toutes les options, sans engagement.",
            "INF",
            21,
        ),
    ),
    referral=Referral(
        service="MED",
        about="son",
        partner="Dispensaire partenaire, Zinder",
        reason="Consultation pédiatrique le jour même.",
        symptoms="Garçon de 4 ans : fièvre depuis deux jours, boit peu. La mère l’accompagne ; haoussa.",
        reply=("Vu avec sa mère. Test du paludisme positif, forme simple. Traitement commencé, contrôle dans 3 jours."),
        prescription="Artéméther-luméfantrine selon le poids, 3 jours. Réhydratation orale. Paracétamol si fièvre.",
    ),
    activity=Activity(
        kind="children_recreation",
        title="Matinée des enfants : dessin et jeux",
        note="Groupe calme. La petite a raconté un conte en haoussa ; l’adolescent a aidé à animer le jeu.",
        attended=("daughter", "son", "boy"),
    ),
    decision=Decision(
        question="Madame demande ce qu’il faudrait pour rentrer à Ehor, auprès de sa sœur.",
        counselling=(
            "Entretien avec l’interprète, sans les enfants. Toutes les options ont été présentées de la même manière, "
            "avec leurs limites. Aucune réponse demandée aujourd’hui ; elle peut changer d’avis jusqu’au départ et "
            "rester au centre sans rien perdre."
        ),
        alternatives="Asile, séjour au Niger, retour assisté, pas de décision pour l’instant.",
        reasons=(
            "Sa sœur l’attend et garde une chambre ; sa fille doit entrer à l’école ; elle veut reprendre son commerce."
        ),
        own_words="I don think am well well. I wan go my sister house, make my pikin dem start school.",
        own_words_language="pcm",
        choice_check=(
            "Personne ne la presse : elle a choisi la date de l’entretien, n’a ni dette ni promesse liée au départ, "
            "et a demandé elle-même quatre jours pour réfléchir."
        ),
        informed_check="Elle redit ce que l’aide couvre, ce qu’elle ne couvre pas, et comment se retirer.",
        approval=(
            "Dossier relu sans la conseillère. Choix libre et informé ; retour de la mère et de ses "
            "deux enfants approuvé."
        ),
        child_stop=(
            "Le retour de l’adolescent est arrêté : aucune procédure d’intérêt supérieur n’est terminée et il n’a pas "
            "encore de tuteur. Il reste accueilli et suivi à Zinder."
        ),
        child_next=(
            "Tuteur désigné",
            "Recherche de l’oncle à Kano, avec l’accord de l’adolescent",
            "Évaluation de l’intérêt supérieur, son avis entendu",
            "Décision de la commission, avec droit de la faire revoir",
        ),
    ),
    handover=Handover(
        to_country="NG",
        to_area="NG-ED",
        stage="pre_return",
        needs=("health_physical", "education", "skills_employment_livelihood"),
        open_note=(
            "Une mère et deux enfants. Accueil à l’aéroport, trajet jusqu’à l’État d’Edo, visite médicale de contrôle."
        ),
        sealed_note=(
            "Elle préfère être jointe par sa sœur, le matin, sans message écrit. Elle demande que l’accueil se fasse "
            "avec une femme et que l’on ne parle pas de son voyage devant les enfants."
        ),
        go_between="Sa sœur, à Ehor.",
        safe_times="Le matin.",
        acceptance="Accepted. A woman from the Edo team will meet them at the airport; transport to Ehor is booked.",
    ),
    home=Home(
        reception=(
            "Met at the airport by name board with the case number only. Tired and relieved; the children ate and "
            "slept. Check-up done, the boy is well. Her sister was waiting in Ehor."
        ),
        support=("meet_and_greet", "information", "health", "food", "accommodation", "onward_transport"),
        plan=(
            "She wants one thing at a time: school for her daughter first, then the stall. She will live with her "
            "sister and share the rent from the third month."
        ),
        plan_goals=(
            Goal(
                "education",
                "“My daughter sits in class with her age mates.”",
                "Enrolment, uniform and books for one year.",
                "EDU",
                30,
            ),
            Goal(
                "skills_employment_livelihood",
                "“A stall of my own, so I do not ask anybody.”",
                "Market stall for provisions and fabric, paid in kind.",
                "BUS",
                60,
            ),
            Goal(
                "mental_health_psychosocial",
                "“To rest my mind with other women.”",
                "Women’s circle at the community hall, twice a month, as long as she likes.",
                "PSS",
                90,
            ),
        ),
        stall=Livelihood(
            title="Market stall in Ehor: provisions and fabric",
            goal="An income of her own that covers food, her share of the rent and school costs.",
            expected="After three months the stall sells for at least NGN 45,000 a week and she restocks without help.",
            items=(
                ("Wooden stall with lock", Decimal("185000")),
                ("First stock: rice, beans, oil, soap", Decimal("240000")),
                ("Wrapper fabric, 12 pieces", Decimal("132000")),
                ("Scale and cash box", Decimal("38000")),
            ),
            currency="NGN",
            supplier="Traders’ cooperative, Ehor market",
            receipt="Goods checked and received in full, signed with the supplier on the day.",
        ),
        well=CommunityProject(
            place="Ehor, Uhunmwonde",
            title="A covered well with a hand pump beside the primary school",
            problem=(
                "Women and children walk forty minutes for water; in the dry season the stream is shared with cattle."
            ),
            options=(("Covered well with hand pump", 41), ("Repair of the market road", 23), ("Solar lights", 14)),
            decision=(
                "Chosen by show of stones at an open meeting of 78 neighbours, 45 of them women and 11 returnees. "
                "Those who wanted the road asked for it to be put first next year, and this was written down."
            ),
            contribution="Neighbours give the land, sand and forty days of labour.",
            upkeep="A water committee of four women and three men keeps the key and a small monthly fee.",
            do_no_harm="Open to all households; nobody has to say who has come back from abroad.",
        ),
        children=(
            ChildAtHome(
                "daughter",
                "To sit in class with girls of her age, and to keep her friends.",
                "social",
                "Primary school in Ehor: enrolment, uniform and books for a year",
                "children_in_school",
                "She goes to school on most days and can say what she learnt.",
                84,
            ),
            ChildAtHome(
                "son",
                "To be healthy and to play with other children.",
                "psychosocial",
                "Nursery group in Ehor three mornings a week, with a health check each term",
                "health_better",
                "He has no fever that is left untreated, and plays with the others.",
                92,
            ),
        ),
        survey_note=(
            "First interview at home, her choice of time, in Pidgin. Result provisional: the weights are not published."
        ),
        follow_up=(
            "Visited the stall on a market day. Shelves full, records kept in a school book. Sales have passed the "
            "mark for five weeks; she restocked twice with her own money and has begun to save with four other traders."
        ),
        follow_up_code="yes",
        follow_up_result="The stall did what it should: her income covers food, rent share and school costs.",
        sales_per_week=Decimal("52500"),
        closure_reason="goals_achieved",
        closure=(
            "Goals met and reviewed with her. She feels safe, knows how to come back to us and how to complain, and "
            "keeps the women’s circle. No referral is open."
        ),
        closure_approval="Read and agreed. Well-documented, and her own decision. Closed.",
    ),
)
