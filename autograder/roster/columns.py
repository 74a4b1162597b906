"""The names of columns in class lists and grade files: nbgrader's, Canvas's, and Moodle's in the site's language.

Everything that reads or writes such a file takes its column names from here.
"""

from collections.abc import Iterable, Mapping

IDENTITY = "id"
GROUP = "group"
MEMBERS = "members"
FIELDS = (IDENTITY, "first_name", "last_name", "full_name", "email", "lms_user_id", "participant", GROUP)

# The columns of Canvas's gradebook that name a student, with the field that we write there; None is left empty.
CANVAS_IDENTITY: Mapping[str, str | None] = {
    "Student": "full_name",
    "ID": "lms_user_id",
    "SIS User ID": None,
    "SIS Login ID": IDENTITY,
    "Section": None,
}
CANVAS_OPTIONAL = ("Integration ID", "Root Account", "LastName", "FirstName")
"""Columns that Canvas's export may have besides; they are copied."""
CANVAS_REQUIRED = ("ID", "Section")
"""Columns without which a file is not Canvas's export."""
CANVAS_POINTS_POSSIBLE = "Points Possible"
"""The name in the row that has the points of each assignment and is no student."""

# Moodle's columns that name a student, with the field that we write there. A site stores the id in either of two.
MOODLE_IDENTITY: Mapping[str, str | None] = {
    "First name": "first_name",
    "Last name": "last_name",
    "Username": IDENTITY,
    "ID number": IDENTITY,
    "Email address": "email",
}
_MOODLE_OPTIONAL = ("institution", "department")

NBGRADER_EXPORT = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
    "status",
)
"""The columns of ``nbgrader export``, and the status of a submission."""

# Field → the columns that may hold it, the best first. In a file with Canvas's columns, ID is Canvas's number of the
# user; elsewhere it is the student's id.
_CANVAS: Mapping[str, tuple[str, ...]] = {
    IDENTITY: ("sis login id", "sis user id", "id"),
    "full_name": ("student",),
    "lms_user_id": ("id",),
    "email": ("email",),
    GROUP: ("group_name", "group"),
}
# Canvas's export of groups: `name` is the student's.
_CANVAS_GROUPS: Mapping[str, tuple[str, ...]] = {
    IDENTITY: ("login_id", "user_id"),
    "full_name": ("name",),
    "lms_user_id": ("canvas_user_id",),
    GROUP: ("group_name",),
}
_ENGLISH: Mapping[str, tuple[str, ...]] = {
    IDENTITY: ("id", "student_id", "student id", "username", "user name", "id number"),
    "first_name": ("first_name", "first name", "firstname", "given name"),
    "last_name": ("last_name", "last name", "lastname", "surname", "family name"),
    "full_name": ("full name", "name"),
    "email": ("email", "email address", "e-mail", "e-mail address"),
    "lms_user_id": ("lms_user_id", "lms user id", "user id", "userid"),
    "participant": ("identifier",),
    GROUP: ("group", "groups", "group_name", "group name", "groupname", "team", "team name"),
    MEMBERS: ("members", "member ids", "group members", "students", "student ids"),
}
_OTHER_LANGUAGES: tuple[Mapping[str, tuple[str, ...]], ...] = (
    {  # Danish, Norwegian, Swedish
        IDENTITY: ("id-nummer", "brukernavn", "brugernavn", "användarnamn"),
        "first_name": ("fornavn", "förnamn"),
        "last_name": ("efternavn", "etternavn", "efternamn"),
        "email": ("e-mailadresse", "e-postadresse", "e-postadress"),
        GROUP: ("gruppe", "grupper", "grupp", "holdgruppe"),
    },
    {  # Dutch
        IDENTITY: ("gebruikersnaam", "id-nummer", "id nummer"),
        "first_name": ("voornaam",),
        "last_name": ("achternaam",),
        "email": ("e-mailadres",),
        GROUP: ("groep", "groepen"),
    },
    {  # French
        IDENTITY: ("nom d'utilisateur", "numéro d'identification"),
        "first_name": ("prénom",),
        "last_name": ("nom", "nom de famille"),
        "full_name": ("nom complet",),
        "email": ("adresse de courriel", "adresse e-mail", "courriel"),
        GROUP: ("groupe", "groupes"),
        MEMBERS: ("membres",),
    },
    {  # German
        IDENTITY: ("anmeldename", "id-nummer", "matrikelnummer"),
        "first_name": ("vorname",),
        "last_name": ("nachname",),
        "full_name": ("vollständiger name",),
        "email": ("e-mail-adresse",),
        GROUP: ("gruppe", "gruppen"),
        MEMBERS: ("mitglieder",),
    },
    {  # German grading worksheet: ID is the participant's number
        "full_name": ("vollständiger name",),
        "email": ("e-mail-adresse",),
        "participant": ("id",),
        GROUP: ("gruppe",),
    },
    {  # Italian
        IDENTITY: ("codice identificativo", "matricola"),
        "first_name": ("nome",),
        "last_name": ("cognome",),
        "email": ("indirizzo email",),
        GROUP: ("gruppo", "gruppi"),
        MEMBERS: ("membri",),
    },
    {  # Polish
        IDENTITY: ("nazwa użytkownika", "numer id"),
        "first_name": ("imię",),
        "last_name": ("nazwisko",),
        "email": ("adres e-mail", "adres email"),
        GROUP: ("grupa", "grupy"),
        MEMBERS: ("członkowie",),
    },
    {  # Portuguese
        IDENTITY: ("nome de utilizador", "nome de usuário", "número de identificação", "número id"),
        "first_name": ("nome", "nome próprio"),
        "last_name": ("sobrenome", "apelido"),
        "email": ("endereço de email", "endereço de e-mail"),
        GROUP: ("grupo", "grupos"),
        MEMBERS: ("membros",),
    },
    {  # Spanish
        IDENTITY: ("nombre de usuario", "número de id"),
        "first_name": ("nombre",),
        "last_name": ("apellido(s)", "apellidos"),
        "full_name": ("nombre completo",),
        "email": ("dirección de correo", "dirección email", "correo electrónico"),
        GROUP: ("grupo", "grupos"),
        MEMBERS: ("miembros",),
    },
)


def fields_of(header: Iterable[str]) -> dict[str, list[str]]:
    """Find the columns that hold each field.

    Without a column for ids, the e-mail address is the id.

    Returns:
        Field → columns, the best first; a field without a column is left out.
    """
    present = {name.strip().casefold().replace("’", "'"): name for name in header}
    if "student" in present and "id" in present:
        return _columns_in(_CANVAS, present)
    if "canvas_user_id" in present:
        return _columns_in(_CANVAS_GROUPS, present)
    found: dict[str, list[str]] = {}
    # The language with the most matching columns goes first; others may only take columns that it leaves over.
    for names in sorted((_ENGLISH, *_OTHER_LANGUAGES), key=lambda names: -len(_columns_in(names, present))):
        taken = {column for columns in found.values() for column in columns}
        rest = {name: column for name, column in present.items() if column not in taken}
        found = {**_columns_in(names, rest), **found}
    identities = [*found.get(IDENTITY, []), *found.get("email", [])]
    return {**found, IDENTITY: identities} if identities else found


def moodle_identity(header: Iterable[str]) -> list[str]:
    """The columns of a file from Moodle that identify a student, in the file's order."""
    header = list(header)
    fields = {field: columns for field, columns in fields_of(header).items() if field not in (GROUP, MEMBERS)}
    named = {column for columns in fields.values() for column in columns}
    return [name for name in header if name in named or name.strip().casefold() in _MOODLE_OPTIONAL]


def _columns_in(names: Mapping[str, tuple[str, ...]], present: Mapping[str, str]) -> dict[str, list[str]]:
    found = {field: [present[name] for name in candidates if name in present] for field, candidates in names.items()}
    return {field: columns for field, columns in found.items() if columns}
