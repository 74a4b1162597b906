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
    {  # Arabic
        IDENTITY: ("اسم المستخدم", "رقم المعرف", "الرقم التعريفي"),
        "first_name": ("الاسم الأول",),
        "last_name": ("اسم العائلة", "الاسم الأخير", "اللقب"),
        "full_name": ("الاسم الكامل",),
        "email": ("عنوان البريد الإلكتروني", "البريد الإلكتروني"),
    },
    {  # Basque
        IDENTITY: ("erabiltzaile-izena", "id zenbakia"),
        "first_name": ("izena",),
        "last_name": ("deitura(k)", "deiturak"),
        "full_name": ("izen osoa",),
        "email": ("e-posta helbidea",),
    },
    {  # Catalan
        IDENTITY: ("nom d'usuari", "número d'id", "número id"),
        "first_name": ("nom",),
        "last_name": ("cognoms", "cognom"),
        "full_name": ("nom complet",),
        "email": ("adreça electrònica", "correu electrònic"),
        "participant": ("identificador",),
    },
    {  # Chinese
        IDENTITY: ("用户名", "學號", "学号", "帳號", "使用者名稱", "编号", "編號", "id号码", "身份号码"),
        "first_name": ("名", "名字"),
        "last_name": ("姓", "姓氏"),
        "full_name": ("全名", "姓名"),
        "email": ("电子邮件地址", "電子郵件信箱", "電子郵件", "邮箱", "email地址"),
    },
    {  # Croatian, Serbian, Slovenian
        IDENTITY: ("korisničko ime", "uporabniško ime", "id broj", "id številka"),
        "first_name": ("ime",),
        "last_name": ("prezime", "priimek"),
        "full_name": ("ime i prezime", "polno ime"),
        "email": ("adresa e-pošte", "e-mail adresa", "email adresa", "e-poštni naslov"),
    },
    {  # Czech, Slovak
        IDENTITY: (
            *("uživatelské jméno", "používateľské meno", "id číslo", "identifikační číslo", "identifikačné číslo"),
        ),
        "first_name": ("křestní jméno", "jméno", "krstné meno", "meno"),
        "last_name": ("příjmení", "priezvisko"),
        "full_name": ("celé jméno", "celé meno"),
        "email": ("e-mailová adresa", "emailová adresa"),
    },
    {  # Danish, Norwegian, Swedish
        IDENTITY: ("id-nummer", "brukernavn", "brugernavn", "användarnamn"),
        "first_name": ("fornavn", "förnamn"),
        "last_name": ("efternavn", "etternavn", "efternamn"),
        "full_name": ("fulde navn", "fullt navn", "fullständigt namn"),
        "email": ("e-mailadresse", "e-postadresse", "e-postadress"),
        GROUP: ("gruppe", "grupper", "grupp", "holdgruppe"),
    },
    {  # Dutch
        IDENTITY: ("gebruikersnaam", "id-nummer", "id nummer", "studentnummer"),
        "first_name": ("voornaam",),
        "last_name": ("achternaam",),
        "full_name": ("volledige naam",),
        "email": ("e-mailadres",),
        GROUP: ("groep", "groepen"),
    },
    {  # Estonian
        IDENTITY: ("kasutajatunnus", "kasutajanimi", "id number"),
        "first_name": ("eesnimi",),
        "last_name": ("perekonnanimi",),
        "full_name": ("täisnimi",),
        "email": ("e-posti aadress",),
    },
    {  # Finnish
        IDENTITY: ("käyttäjätunnus", "käyttäjänimi", "id-numero", "opiskelijanumero"),
        "first_name": ("etunimi",),
        "last_name": ("sukunimi",),
        "full_name": ("koko nimi",),
        "email": ("sähköpostiosoite", "sähköposti"),
    },
    {  # French
        IDENTITY: ("nom d'utilisateur", "numéro d'identification", "numéro d'étudiant"),
        "first_name": ("prénom",),
        "last_name": ("nom", "nom de famille"),
        "full_name": ("nom complet",),
        "email": ("adresse de courriel", "adresse e-mail", "courriel"),
        GROUP: ("groupe", "groupes"),
        MEMBERS: ("membres",),
        "participant": ("identifiant",),
    },
    {  # Galician
        IDENTITY: ("nome de usuario", "número de id"),
        "first_name": ("nome",),
        "last_name": ("apelidos", "apelido(s)"),
        "full_name": ("nome completo",),
        "email": ("enderezo de correo", "enderezo de correo electrónico"),
    },
    {  # German
        IDENTITY: ("anmeldename", "benutzername", "id-nummer", "matrikelnummer"),
        "first_name": ("vorname",),
        "last_name": ("nachname", "familienname"),
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
    {  # Greek
        IDENTITY: ("όνομα χρήστη", "αριθμός ταυτότητας", "αριθμός μητρώου"),
        "first_name": ("όνομα", "μικρό όνομα"),
        "last_name": ("επώνυμο",),
        "full_name": ("ονοματεπώνυμο", "πλήρες όνομα"),
        "email": ("διεύθυνση ηλεκτρονικού ταχυδρομείου", "διεύθυνση email", "ηλεκτρονικό ταχυδρομείο"),
    },
    {  # Hebrew
        IDENTITY: ("שם משתמש", "מספר זהות", "מספר מזהה", "תעודת זהות"),
        "first_name": ("שם פרטי",),
        "last_name": ("שם משפחה",),
        "full_name": ("שם מלא",),
        "email": ('כתובת דוא"ל', "כתובת דואר אלקטרוני", 'דוא"ל'),
    },
    {  # Hungarian
        IDENTITY: ("felhasználónév", "azonosítószám", "neptun-kód"),
        "first_name": ("keresztnév", "utónév"),
        "last_name": ("vezetéknév",),
        "full_name": ("teljes név",),
        "email": ("e-mail cím", "e-mail-cím"),
    },
    {  # Indonesian
        IDENTITY: ("nama pengguna", "nomor id", "no id", "nim"),
        "first_name": ("nama depan",),
        "last_name": ("nama belakang", "nama akhir"),
        "full_name": ("nama lengkap",),
        "email": ("alamat email",),
    },
    {  # Italian
        IDENTITY: ("username", "nome utente", "codice identificativo", "matricola"),
        "first_name": ("nome",),
        "last_name": ("cognome",),
        "full_name": ("nome completo", "cognome e nome"),
        "email": ("indirizzo email",),
        GROUP: ("gruppo", "gruppi"),
        MEMBERS: ("membri",),
        "participant": ("identificativo",),
    },
    {  # Japanese
        IDENTITY: ("ユーザ名", "ユーザー名", "idナンバー", "学籍番号"),
        "first_name": ("名",),
        "last_name": ("姓",),
        "full_name": ("フルネーム", "氏名"),
        "email": ("メールアドレス",),
    },
    {  # Korean
        IDENTITY: ("사용자 아이디", "사용자명", "사용자 이름", "학번", "id 번호"),
        "first_name": ("이름",),
        "last_name": ("성",),
        "full_name": ("성명", "전체 이름"),
        "email": ("이메일 주소", "이메일"),
    },
    {  # Latvian
        IDENTITY: ("lietotājvārds", "id numurs"),
        "first_name": ("vārds",),
        "last_name": ("uzvārds",),
        "full_name": ("pilns vārds",),
        "email": ("e-pasta adrese",),
    },
    {  # Lithuanian
        IDENTITY: ("naudotojo vardas", "prisijungimo vardas", "id numeris"),
        "first_name": ("vardas",),
        "last_name": ("pavardė",),
        "full_name": ("vardas ir pavardė",),
        "email": ("el. pašto adresas",),
    },
    {  # Polish
        IDENTITY: ("nazwa użytkownika", "numer id", "numer identyfikacyjny"),
        "first_name": ("imię",),
        "last_name": ("nazwisko",),
        "full_name": ("imię i nazwisko", "pełna nazwa"),
        "email": ("adres e-mail", "adres email"),
        GROUP: ("grupa", "grupy"),
        MEMBERS: ("członkowie",),
    },
    {  # Portuguese
        IDENTITY: (
            *("nome de utilizador", "nome de usuário", "identificação de usuário"),
            *("número de identificação", "número de id", "número id"),
        ),
        "first_name": ("nome", "nome próprio"),
        "last_name": ("sobrenome", "apelido"),
        "full_name": ("nome completo",),
        "email": ("endereço de email", "endereço de e-mail"),
        GROUP: ("grupo", "grupos"),
        MEMBERS: ("membros",),
        "participant": ("identificador",),
    },
    {  # Romanian
        IDENTITY: ("nume de utilizator", "nume utilizator", "număr id", "cod de identificare"),
        "first_name": ("prenume",),
        "last_name": ("nume", "nume de familie"),
        "full_name": ("nume complet",),
        "email": ("adresă de email", "adresă e-mail", "adresa de email"),
    },
    {  # Russian
        IDENTITY: ("логин", "индивидуальный номер", "идентификационный номер"),
        "first_name": ("имя",),
        "last_name": ("фамилия",),
        "full_name": ("полное имя",),
        "email": ("адрес электронной почты", "электронная почта"),
    },
    {  # Spanish
        IDENTITY: ("nombre de usuario", "número de id", "número de identificación"),
        "first_name": ("nombre",),
        "last_name": ("apellido(s)", "apellidos", "apellido"),
        "full_name": ("nombre completo",),
        "email": ("dirección de correo", "dirección email", "dirección de correo electrónico", "correo electrónico"),
        GROUP: ("grupo", "grupos"),
        MEMBERS: ("miembros",),
        "participant": ("identificador",),
    },
    {  # Turkish
        IDENTITY: ("kullanıcı adı", "kimlik numarası", "id numarası", "öğrenci numarası"),
        "first_name": ("ad", "adı"),
        "last_name": ("soyad", "soyadı"),
        "full_name": ("tam ad", "ad soyad"),
        "email": ("e-posta adresi", "e-posta"),
    },
    {  # Ukrainian
        IDENTITY: ("ім'я входу", "логін", "псевдонім", "id номер", "ідентифікаційний номер"),
        "first_name": ("ім'я",),
        "last_name": ("прізвище",),
        "full_name": ("повне ім'я",),
        "email": ("адреса електронної пошти", "електронна пошта"),
    },
    {  # Vietnamese
        IDENTITY: ("tên đăng nhập", "tên tài khoản", "mã số id", "mã số sinh viên"),
        "first_name": ("tên",),
        "last_name": ("họ", "họ và tên đệm"),
        "full_name": ("họ và tên", "tên đầy đủ"),
        "email": ("địa chỉ thư điện tử", "địa chỉ email", "thư điện tử"),
    },
)

FEEDBACK = (
    *("feedback", "rückmeldung", "commentaire", "retour", "retroalimentaci", "retroacci", "comentari", "commento"),
    *("tilbakemelding", "återkoppling", "palaute", "informacja zwrotna", "komentář", "visszajelz", "geri bildirim"),
    *("отзыв", "відгук", "フィードバック", "反馈", "回饋", "피드백"),
)
"""Parts of the names of columns that hold feedback and no points, in lower case."""


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
