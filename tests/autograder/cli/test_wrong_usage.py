"""What was typed is wrong: options, names, and files that are named on the command line."""

from pathlib import Path

from tests.autograder.cli.wrong_usage import Wrong, check, folder, put, rows

NO_COURSE = ("is not a course", "name it with --course")
NAME_IT = "Name the folder or the ZIP file that you have downloaded"
NO_FILE = "with --output, in a folder of yours"
AS_CSV = "Save it as CSV (UTF-8)"
ROSTER = "collect download --roster class.csv"


@rows(
    Wrong("no such command", "grde", "'grde'", "'grade'", code=2),
    Wrong("no such option", "build --chek", "--chek", "--check", code=2),
    Wrong("an option of another command", "feedback --student amy", "--student", "-h", code=2),
    Wrong("no workers", "grade --workers 0", "'--workers'", "1", code=2),
    Wrong("fewer workers than none", "grade --workers -1", "'--workers'", "1", code=2),
    Wrong("workers in letters", "grade --workers abc", "'--workers'", "integer", code=2),
    Wrong("no value", "grade --workers", "'--workers'", "requires an argument", code=2),
    Wrong("no workers", "demo --workers 0", "'--workers'", "1", code=2),
    Wrong("an unknown format", "grade --format xml", "'xml'", "'json'", code=2),
    Wrong("another command's format", "report --format table", "'table'", "'html', 'json'", code=2),
    Wrong("an unknown format", "doctor --format yaml", "'yaml'", "'json'", code=2),
    Wrong("an unknown format", "build --format xml", "'xml'", "'json'", code=2),
    Wrong("an unknown sandbox", "grade --sandbox wishful", "'wishful'", "'bubblewrap'", code=2),
    Wrong("no time for a cell", "grade --cell-seconds 0", "'--cell-seconds'", "0.1", code=2),
    Wrong("negative time", "grade --call-seconds -5", "'--call-seconds'", "0.1", code=2),
    Wrong("endless time", "grade --cell-seconds inf", "'--cell-seconds'", "604800", code=2),
    Wrong("more time than there is", "grade --submission-seconds 1e300", "'--submission-seconds'", "604800", code=2),
    Wrong("no amount of memory", "grade --memory lots", "'lots'", "write 4G", code=2),
    Wrong("too little memory", "grade --memory 1M", "1M is too little", "256M", code=2),
    Wrong("absurdly much memory", f"grade --memory {'9' * 400}G", "'--memory'", "write 4G", code=2),
    Wrong("a GPU's memory without a GPU", "grade --gpu-memory 4G", "--gpu-memory", "--gpu.", code=2),
    Wrong("a GPU on a cluster", "grade --gpu --dask tcp://x:1", "--gpu and --dask", "leave one of them out", code=2),
    Wrong("no address of a cluster", "grade lab --dask ''", "'' is no address", "tcp://HOST:8786"),
    Wrong("two labs", "grade lab lab2", "lab2", "grade -h", code=2),
    Wrong("two labs", "report lab lab2", "lab2", "report -h", code=2),
    Wrong("no source", "collect", "'SOURCE'", "collect -h", code=2),
    Wrong("nobody who reads it", "export", "'--to'", "moodle", code=2),
    Wrong("an unknown reader", "export --to blackboard", "'blackboard'", "'moodle'", code=2),
    Wrong("a template for a plain table", "export --to csv --template x.csv", "no template", "Leave out --template"),
)
def test_options(wrong: Wrong, graded_course: Path) -> None:
    check(wrong, graded_course)


@rows(
    *(
        Wrong("no course here", f"{command} --course download", *NO_COURSE)
        for command in ("build", "build --check", "collect download", "grade", "feedback", "report", "export --to csv")
    ),
    Wrong("a file as the course", "grade --course nbgrader_config.py --format json", *NO_COURSE),
    Wrong("a course that is not there", "report --course nowhere", *NO_COURSE),
    Wrong("no course there", "doctor --course nowhere", "nowhere is no folder", "with --course"),
    Wrong("a file as the course", "doctor --course nbgrader_config.py", "is no folder", "with --course"),
    Wrong("a configuration that is a folder", "export --to csv", *NO_COURSE, damage=folder("nbgrader_config.py")),
    Wrong("a lab nearly right", "build labb", "'labb'", "Did you mean 'lab'?"),
    Wrong("a lab's file", "build course/lab.py", "'course/lab.py'", "Did you mean 'lab'?"),
    Wrong("a lab nearly right", "collect download --lab labb", "'labb'", "Did you mean 'lab'?"),
    Wrong("a lab nearly right", "grade labb", "'labb'", "Did you mean 'lab'?"),
    Wrong("a lab's notebook", "grade lab/lab.ipynb", "'lab/lab.ipynb'", "Did you mean 'lab'?"),
    Wrong("a lab of no name", "grade ''", "no lab ''", "There are: lab"),
    Wrong("a lab nearly right", "feedback labb", "'labb'", "Did you mean 'lab'?"),
    Wrong("another lab", "report 07", "'07'", "There are: lab"),
    Wrong("a lab nearly right", "export labb --to csv", "'labb'", "Did you mean 'lab'?"),
    Wrong("a lab in no encoding", "export la\udce9 --to csv", "is no UTF-8 text", "Rename that"),
    Wrong("two lines", "grade --student 'zo\ne'", "'zo\\ne' cannot be", "Rename that", folder("submitted/zo\ne/lab")),
    Wrong("a lab in no encoding", "report", "'b\\udce9.ipynb' in", "Rename it", put("source/lab/b\udce9.ipynb")),
    Wrong("a student nearly right", "grade lab --student amyy", "'amyy'", "Did you mean 'amy'?"),
    Wrong("another student", "grade --student zoe", "'zoe'", "There are: amy, ben, cleo"),
    Wrong("a student's folder", "grade --student ../amy", "'../amy'", "Did you mean 'amy'?"),
)
def test_names(wrong: Wrong, graded_course: Path) -> None:
    check(wrong, graded_course)


@rows(
    Wrong("no such source", "collect gone.zip", "gone.zip does not exist", NAME_IT),
    Wrong("a source that is empty", "collect empty", "empty holds no files", NAME_IT, folder("empty")),
    Wrong("a device", "collect /dev/zero", "/dev/zero is neither a folder nor a file", NAME_IT),
    Wrong("no ZIP file", "collect x.zip", "x.zip: it is damaged or no ZIP", "Download it again", put("x.zip", "Hello")),
    Wrong("an empty file", "collect x.zip", "x.zip: it is damaged or no ZIP", "Download it again", put("x.zip")),
    Wrong("an empty ZIP file", "collect x.zip", "holds no files", NAME_IT, put("x.zip", b"PK\5\6" + bytes(18))),
    Wrong("the course itself", "collect .", "is where submissions are collected to", "that you downloaded"),
    Wrong("no time", "collect download --deadline tomorrow", "'tomorrow' is no time", "2026-11-22 23:59"),
    Wrong("no such day", "collect download --deadline '2026-02-30 12:00'", "2026-02-30", "2026-11-22 23:59"),
    Wrong("no class list", ROSTER, "class.csv cannot be read: it does not exist", "Name a CSV file"),
    Wrong("a folder as class list", ROSTER, "it is no file", "Name a CSV file", folder("class.csv")),
    Wrong("an empty class list", ROSTER, "class.csv is empty", AS_CSV, put("class.csv", "\n\n")),
    Wrong("a class without students", ROSTER, "class.csv has no row", AS_CSV, put("class.csv", "id,email\n")),
    Wrong("a spreadsheet", ROSTER, "may be a spreadsheet", AS_CSV, put("class.csv", b"PK\3\4\0\0\n\0")),
    Wrong("no ids", ROSTER, "its columns: name", "Name one of them id", put("class.csv", "name\nAmy\n")),
    Wrong("an id twice", ROSTER, "row 3: the id 'a'", "an id of its own", put("class.csv", "id,email\na,a@x\na,b@x\n")),
)
def test_what_is_collected(wrong: Wrong, graded_course: Path) -> None:
    check(wrong, graded_course)


@rows(
    Wrong("no such folder", "export --to csv -o gone/grades.csv", "gone/grades.csv cannot be written", NO_FILE),
    Wrong("a folder", "export --to csv -o source", "source cannot be written", NO_FILE),
    Wrong("a name below a file", "export --to csv -o nbgrader_config.py/x.csv", "Not a directory", NO_FILE),
    Wrong("a full disk", "export --to csv -o /dev/full", "/dev/full cannot be written: No space", NO_FILE),
    Wrong("the gradebook", "export --to csv -o gradebook.db", "is the gradebook itself", "Name another file"),
    Wrong("no template", "export --to moodle --template gone.csv", "gone.csv cannot be read", "Name a CSV file"),
    Wrong(
        "a template of students alone",
        "export --to canvas --template t.csv",
        "t.csv is not Canvas's",
        "choose Export",
        put("t.csv", "id\namy\n"),
    ),
    Wrong("a folder of something else", "demo --into .", "something else than a demonstration", "--into"),
    Wrong("a file", "demo --into nbgrader_config.py", "something else than a demonstration", "--into"),
    Wrong("a name below a file", "demo --into nbgrader_config.py/x", "Not a directory", "--into"),
    Wrong("where no folder can be", "demo --into /proc/nowhere/x", "/proc/nowhere/x cannot be made", "--into"),
    Wrong("a name too long", f"demo --into {'x' * 300}", "File name too long", "--into"),
    Wrong("a folder that is a file", "feedback lab", "/feedback is a file", "move it away", put("feedback")),
    Wrong("a folder that is a file", "feedback lab", "/feedback/ben is a file", "move it away", put("feedback/ben")),
    Wrong("a folder that is a file", "report lab", "/report is a file", "move it away", put("report")),
    Wrong("a page that is a folder", "report lab", "/report/lab.html is a folder", "away", folder("report/lab.html")),
    Wrong("a state that is a file", "build", "/.autograder is a file", "move it away", put(".autograder")),
    Wrong("a state that is a file", "collect download", "/.autograder is a file", "away", put(".autograder")),
    Wrong("a folder that is a file", "collect download", "/submitted is a file", "move it away", put("submitted")),
)
def test_where_to_write(wrong: Wrong, graded_course: Path) -> None:
    check(wrong, graded_course)
