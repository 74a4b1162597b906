"""Class lists as nbgrader, Moodle and Canvas write them."""

from pathlib import Path

import pytest

from autograder.errors import ExpectedError
from autograder.roster.class_list import Student, read_roster

ADA = Student("ada", "Ada", "Lovelace", "ada@example.org", "12345")


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_nbgraders_columns_in_any_encoding(tmp_path: Path, encoding: str, separator: str) -> None:
    text = "id,first_name,last_name,email,lms_user_id\nrene,René,Descartes,r@example.org,7\n".replace(",", separator)
    roster = read_roster(written(tmp_path / "class.csv", text, encoding))
    assert roster.students == (Student("rene", "René", "Descartes", "r@example.org", "7"),)
    assert dict(roster.columns)["id"] == "id"


def test_moodle_s_grade_export(tmp_path: Path) -> None:
    text = (
        '"First name",Surname,"ID number",Institution,Department,"Email address","Course total (Real)"\r\n'
        "Ada,Lovelace,ada,,,ada@example.org,-\r\nEmmy,Nœther,,,,emmy@example.org,-\r\n"
    )
    roster = read_roster(written(tmp_path / "class.csv", text))
    assert roster.students == (
        Student("ada", "Ada", "Lovelace", "ada@example.org"),
        Student("emmy@example.org", "Emmy", "Nœther", "emmy@example.org"),
    )
    assert dict(roster.columns) == {
        "id": "ID number",
        "first_name": "First name",
        "last_name": "Surname",
        "email": "Email address",
    }


def test_moodle_s_grading_worksheet(tmp_path: Path) -> None:
    text = "Identifier,Full name,Email address,Status,Grade\nParticipant 901,Ada Lovelace,ada@example.org,-,\n"
    (ada,) = read_roster(written(tmp_path / "class.csv", text)).students
    assert (ada.identity, ada.first_name, ada.participant) == ("ada@example.org", "Ada Lovelace", "901")


def test_canvas_s_gradebook_export(tmp_path: Path) -> None:
    text = (
        "Student,ID,SIS User ID,SIS Login ID,Section,06_minimum (501)\n    Points Possible,,,,,20\n"
        '"Lovelace, Ada",12345,S1,ada,A,\n"Nœther, Emmy",12346,S2,,A,\n"Student, Test",1,,,A,\n'
    )
    roster = read_roster(written(tmp_path / "class.csv", text))
    assert roster.students == (
        Student("ada", "Ada", "Lovelace", "", "12345"),
        Student("S2", "Emmy", "Nœther", "", "12346"),
    )
    assert dict(roster.columns) == {"id": "SIS Login ID", "full_name": "Student", "lms_user_id": "ID"}


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Vorname;Nachname;ID-Nummer;E-Mail-Adresse", "Ada;Lovelace;ada;ada@example.org"),
        ("Prénom;Nom de famille;Numéro d’identification;Adresse de courriel", "Ada;Lovelace;ada;ada@example.org"),
        ("Nombre;Apellido(s);Número de ID;Dirección de correo", "Ada;Lovelace;ada;ada@example.org"),
        ("Nome;Cognome;Codice identificativo;Indirizzo email", "Ada;Lovelace;ada;ada@example.org"),
        ("Nome;Sobrenome;Número de identificação;Endereço de email", "Ada;Lovelace;ada;ada@example.org"),
        ("Voornaam;Achternaam;ID-nummer;E-mailadres", "Ada;Lovelace;ada;ada@example.org"),
        ("Imię;Nazwisko;Numer ID;Adres e-mail", "Ada;Lovelace;ada;ada@example.org"),
        ("Förnamn;Efternamn;ID-nummer;E-postadress", "Ada;Lovelace;ada;ada@example.org"),
        ("Vorname;Nachname;id;email", "Ada;Lovelace;ada;ada@example.org"),
    ],
)
def test_moodle_in_other_languages(tmp_path: Path, header: str, row: str) -> None:
    roster = read_roster(written(tmp_path / "class.csv", f"{header}\n{row}\n"))
    assert roster.students == (Student("ada", "Ada", "Lovelace", "ada@example.org"),)


def test_a_german_grading_worksheet_has_the_participants_number_as_id(tmp_path: Path) -> None:
    text = "ID,Vollständiger Name,E-Mail-Adresse,Status\nTeilnehmer/in901,Ada Lovelace,ada@example.org,-\n"
    (ada,) = read_roster(written(tmp_path / "class.csv", text)).students
    assert (ada.identity, ada.first_name, ada.participant) == ("ada@example.org", "Ada Lovelace", "901")


@pytest.mark.parametrize(
    "identity",
    ["../up", "a/b", "a\\b", ".", "..", ".hid", "-rf", "CON", "a\x00b", "a*", "a{b}", "a,b", "x" * 101, "a\u200bb"],
)
def test_an_id_that_names_no_folder_is_refused_and_the_rest_is_read(tmp_path: Path, identity: str) -> None:
    text = f'id,first_name,last_name,email,lms_user_id\n"{identity}",Eve,,,\nada,Ada,Lovelace,ada@example.org,12345\n'
    roster = read_roster(written(tmp_path / "class.csv", text))
    assert roster.students == (ADA,)
    (told,) = roster.refused
    assert "row 2" in told
    assert told.isprintable()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty"),
        ("colour\nred\n", "no column with the students' ids"),
        ("id,first_name\nada,Ada\nada,Eve\n", "row 3: the id 'ada' stands in an earlier row"),
    ],
)
def test_what_is_no_class_list_is_told(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ExpectedError, match=problem):
        read_roster(written(tmp_path / "class.csv", text))
    with pytest.raises(ExpectedError, match="cannot be read"):
        read_roster(tmp_path / "missing.csv")
