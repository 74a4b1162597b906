"""An instructor's notebook as nbgrader would release and record it: nbgrader's own preprocessors, in memory."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from nbformat import current_nbformat as newest_format
from nbgrader.converters import GenerateAssignment
from nbgrader.nbgraderformat import SchemaTooNewError, SchemaTooOldError, ValidationError
from nbgrader.nbgraderformat import read as read_nbgrader
from nbgrader.preprocessors import IncludeHeaderFooter, InstantiateTests, NbGraderPreprocessor, SaveCells
from traitlets.config import LoggingConfigurable
from traitlets.utils.importstring import import_item

from autograder.errors import ExpectedError
from autograder.untrusted.notebooks import warnings_ignored

Resources = dict[str, Any]
"""nbconvert's resources."""
_NOT_FOR_RELEASE = (IncludeHeaderFooter, InstantiateTests, SaveCells)


def read_instructors(path: Path) -> NotebookNode:
    """Read an instructor's notebook, with nbgrader's checks of its metadata.

    Raises:
        ExpectedError: it is no notebook, or its nbgrader metadata are broken or of another version.
    """
    try:
        # nbformat warns that it adds ids to older notebooks.
        with path.open(encoding="utf-8") as file, warnings_ignored():
            return read_nbgrader(file, as_version=newest_format)
    except (SchemaTooOldError, SchemaTooNewError) as error:
        raise ExpectedError(
            f"{path}: its nbgrader metadata are of another version ({error}).", "Run: nbgrader update ."
        ) from error
    except (ValidationError, KeyError) as error:
        raise ExpectedError(
            f"{path}: its nbgrader metadata are broken ({str(error).splitlines()[0]}).",
            "Open it in JupyterLab with nbgrader's Create Assignment bar and mend the cell.",
        ) from error
    except (OSError, ValueError, AttributeError) as error:
        # nbformat takes every JSON value for an object, and raises an AttributeError for a list.
        reason = "it is no JSON object" if isinstance(error, AttributeError) else error
        raise ExpectedError(
            f"{path}: it cannot be read as a notebook ({reason}).",
            "Put back the last good copy of it, or build the lab again.",
        ) from error


def include_header_and_footer(notebook: NotebookNode, application: LoggingConfigurable) -> NotebookNode:
    """Put the configured header and footer around the instructor's cells, as nbgrader does.

    Raises:
        ExpectedError: the configured header or footer cannot be read.
    """
    return _run([IncludeHeaderFooter], notebook, application, {}, "the header and footer")


def may_be_generated(text: str, application: LoggingConfigurable) -> bool:
    """Whether nbgrader may have to write tests (### AUTOTEST) into a notebook with this text."""
    delimiter: str = InstantiateTests(parent=application).autotest_delimiter
    return delimiter in text


def is_generated(source: str, application: LoggingConfigurable) -> bool:
    """Whether nbgrader writes tests into this cell (### AUTOTEST) when it releases the notebook."""
    preprocessor = InstantiateTests(parent=application)
    comments = tuple(set(preprocessor.comment_strs.values()))
    return any(
        preprocessor.autotest_delimiter in line and line.strip().startswith(comments) for line in source.split("\n")
    )


def released(notebook: NotebookNode, application: LoggingConfigurable, where: str) -> NotebookNode:
    """Make the student's version of a notebook whose header, footer and generated tests are in place.

    Raises:
        ExpectedError: nbgrader refuses the notebook, which the error calls `where`.
    """
    steps = [step for step in _steps(application) if not issubclass(step, _NOT_FOR_RELEASE)]
    return _run(steps, notebook, application, {}, where)


def record(
    notebook: NotebookNode,
    application: LoggingConfigurable,
    names: Resources,
    before: Callable[[NotebookNode], None],
) -> None:
    """Write a notebook's cells into the gradebook, as ``nbgrader generate_assignment`` does.

    Args:
        notebook: the instructor's notebook, unchanged from ``source/``.
        application: nbgrader's application with the course's configuration.
        names: "notebook", "assignment", "db_url" and "path", the folder of the source notebook.
        before: is called with the notebook as it is recorded, before nbgrader records it.

    Raises:
        ExpectedError: nbgrader refuses it.
    """
    steps = _steps(application)
    saving = next((index for index, step in enumerate(steps) if issubclass(step, SaveCells)), None)
    where = f"{names['assignment']}/{names['notebook']}.ipynb"
    if saving is None:
        raise ExpectedError(
            "GenerateAssignment.preprocessors in nbgrader_config.py lacks SaveCells.",
            "Add nbgrader.preprocessors.SaveCells, or remove the setting.",
        )
    resources = {"nbgrader": dict(names), "metadata": {"path": names["path"]}}
    ready = _run(steps[:saving], notebook, application, resources, where)
    before(ready)
    _run(steps[saving : saving + 1], ready, application, resources, where)


def _steps(application: LoggingConfigurable) -> list[type[NbGraderPreprocessor]]:
    configured = GenerateAssignment(coursedir=application.coursedir, parent=application).preprocessors
    return [import_item(step) if isinstance(step, str) else step for step in configured]


def _run(
    steps: list[type[NbGraderPreprocessor]],
    notebook: NotebookNode,
    application: LoggingConfigurable,
    resources: Resources,
    where: str,
) -> NotebookNode:
    for step in steps:
        preprocessor = step(parent=application)
        _find_files(preprocessor, Path(application.coursedir.root), resources)
        if preprocessor.enabled:
            try:
                notebook, resources = preprocessor.preprocess(notebook, resources)
            except (RuntimeError, ValueError, OSError, ValidationError, CellExecutionError) as error:
                raise ExpectedError(
                    f"{where}: nbgrader's {step.__name__} refuses it: {str(error).strip() or type(error).__name__}.",
                    "Mend the notebook in the source folder, or its setting in nbgrader_config.py.",
                ) from error
    return notebook


def _find_files(preprocessor: NbGraderPreprocessor, root: Path, resources: Resources) -> None:
    """Make paths absolute that nbgrader resolves against the working folder, which need not be the course's."""
    if isinstance(preprocessor, IncludeHeaderFooter):
        for name in ("header", "footer"):
            configured = getattr(preprocessor, name)
            if configured:
                read_instructors(root / configured)
                setattr(preprocessor, name, str(root / configured))
    elif isinstance(preprocessor, InstantiateTests):
        beside = Path(resources["metadata"]["path"], preprocessor.autotest_filename)
        preprocessor.autotest_filename = str(
            beside if beside.exists() else root / Path(preprocessor.autotest_filename).name
        )
