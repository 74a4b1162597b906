"""What the columns of a class list are called: by nbgrader, by Canvas, and by Moodle in the language of its site."""

from collections.abc import Iterable, Mapping

IDENTITY = "id"
FIELDS = (IDENTITY, "first_name", "last_name", "full_name", "email", "lms_user_id", "participant")

# For each field the columns that may hold it, the best first. Where a file has Canvas's columns, ID is Canvas's own
# number of the user; elsewhere it is the student's id.
_CANVAS: Mapping[str, tuple[str, ...]] = {
    IDENTITY: ("sis login id", "sis user id", "id"),
    "full_name": ("student",),
    "lms_user_id": ("id",),
    "email": ("email",),
}
_ENGLISH: Mapping[str, tuple[str, ...]] = {
    IDENTITY: ("id", "student_id", "student id", "username", "user name", "id number"),
    "first_name": ("first_name", "first name", "firstname", "given name"),
    "last_name": ("last_name", "last name", "lastname", "surname", "family name"),
    "full_name": ("full name", "name"),
    "email": ("email", "email address", "e-mail", "e-mail address"),
    "lms_user_id": ("lms_user_id", "lms user id", "user id", "userid"),
    "participant": ("identifier",),
}
_OTHER_LANGUAGES: tuple[Mapping[str, tuple[str, ...]], ...] = (
    {  # Danish, Norwegian, Swedish
        IDENTITY: ("id-nummer", "brukernavn", "brugernavn", "användarnamn"),
        "first_name": ("fornavn", "förnamn"),
        "last_name": ("efternavn", "etternavn", "efternamn"),
        "email": ("e-mailadresse", "e-postadresse", "e-postadress"),
    },
    {  # Dutch
        IDENTITY: ("gebruikersnaam", "id-nummer", "id nummer"),
        "first_name": ("voornaam",),
        "last_name": ("achternaam",),
        "email": ("e-mailadres",),
    },
    {  # French
        IDENTITY: ("nom d'utilisateur", "numéro d'identification"),
        "first_name": ("prénom",),
        "last_name": ("nom", "nom de famille"),
        "full_name": ("nom complet",),
        "email": ("adresse de courriel", "adresse e-mail", "courriel"),
    },
    {  # German
        IDENTITY: ("anmeldename", "id-nummer", "matrikelnummer"),
        "first_name": ("vorname",),
        "last_name": ("nachname",),
        "full_name": ("vollständiger name",),
        "email": ("e-mail-adresse",),
    },
    {  # a grading worksheet in German, whose ID is the participant's
        "full_name": ("vollständiger name",),
        "email": ("e-mail-adresse",),
        "participant": ("id",),
    },
    {  # Italian
        IDENTITY: ("codice identificativo", "matricola"),
        "first_name": ("nome",),
        "last_name": ("cognome",),
        "email": ("indirizzo email",),
    },
    {  # Polish
        IDENTITY: ("nazwa użytkownika", "numer id"),
        "first_name": ("imię",),
        "last_name": ("nazwisko",),
        "email": ("adres e-mail", "adres email"),
    },
    {  # Portuguese
        IDENTITY: ("nome de utilizador", "nome de usuário", "número de identificação", "número id"),
        "first_name": ("nome", "nome próprio"),
        "last_name": ("sobrenome", "apelido"),
        "email": ("endereço de email", "endereço de e-mail"),
    },
    {  # Spanish
        IDENTITY: ("nombre de usuario", "número de id"),
        "first_name": ("nombre",),
        "last_name": ("apellido(s)", "apellidos"),
        "full_name": ("nombre completo",),
        "email": ("dirección de correo", "dirección email", "correo electrónico"),
    },
)


def fields_of(row: Iterable[str]) -> dict[str, list[str]]:
    """Which columns hold which field, the best first; the fields for which there is none are left out.

    Where nothing else does, the e-mail address says who somebody is.
    """
    there = {name.strip().casefold().replace("’", "'"): name for name in row}
    if "student" in there and "id" in there:
        return _present(_CANVAS, there)
    found: dict[str, list[str]] = {}
    # The language that explains most of the columns goes first; others explain what it leaves over.
    for names in sorted((_ENGLISH, *_OTHER_LANGUAGES), key=lambda names: -len(_present(names, there))):
        taken = {column for columns in found.values() for column in columns}
        rest = {name: column for name, column in there.items() if column not in taken}
        found = {**_present(names, rest), **found}
    everybody = [*found.get(IDENTITY, []), *found.get("email", [])]
    return {**found, IDENTITY: everybody} if everybody else found


def _present(names: Mapping[str, tuple[str, ...]], there: Mapping[str, str]) -> dict[str, list[str]]:
    found = {field: [there[name] for name in its_names if name in there] for field, its_names in names.items()}
    return {field: columns for field, columns in found.items() if columns}
