"""What editors make of a notebook when they save it."""

from tests.mangled.mangling import (
    CellNode,
    Mangling,
    Notebook,
    both,
    each,
    grade_id,
    is_solution,
    text,
    unchanged,
    without_ids,
)

_BADGE = (
    '<a href="https://colab.research.google.com/github/owner/name/blob/main/lab.ipynb" target="_parent">'
    '<img src="https://colab.research.google.com/assets/colab-badge.svg" alt="Open In Colab"/></a>'
)


def _lines(cell: CellNode) -> None:
    cell["source"] = "".join(cell["source"]).splitlines(keepends=True)


def _colab(notebook: Notebook) -> Notebook:
    """Colab: format 4.0; its own id and its outputs' ids are in the metadata, which otherwise stay."""
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"] |= {"id": f"{number:03}hVqLm2_rk"}
        if cell["cell_type"] == "code":
            cell["metadata"] |= {
                "colab": {"base_uri": "https://localhost:8080/", "height": 34},
                "executionInfo": {
                    "status": "ok",
                    "timestamp": 1700000000000 + number,
                    "user_tz": -60,
                    "elapsed": 12,
                    "user": {"displayName": "A. Student", "userId": "0123"},
                },
                "outputId": f"28b07730-954d-4958-f35a-8c84d69c{number:04}",
            }
        _lines(cell)
    badge = text(_BADGE) | {"metadata": {"id": "view-in-github", "colab_type": "text"}}
    made = without_ids(notebook, 0)
    return made | {
        "cells": [badge, *made["cells"]],
        "metadata": {
            "accelerator": "GPU",
            "colab": {"name": "Copy of lab.ipynb", "provenance": [], "toc_visible": True, "gpuType": "T4"},
            "kernelspec": {"name": "python3", "display_name": "Python 3"},
            "language_info": {"name": "python"},
        },
    }


def _forget(cell: CellNode) -> None:
    cell["metadata"].pop("nbgrader", None)


def _form(cell: CellNode) -> None:
    if is_solution(cell):
        cell["metadata"]["cellView"] = "form"
        cell["source"] = f'#@title My answer {{ display-mode: "form" }}\n{"".join(cell["source"])}'


def _vscode(notebook: Notebook) -> Notebook:
    """VS Code: format 4.2 without cell ids; the language is noted where somebody has changed it."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["metadata"]["vscode"] = {"languageId": "python"}
        cell["metadata"].pop("editable", None)
        cell["metadata"].pop("deletable", None)
        _lines(cell)
    return without_ids(notebook, 2) | {
        "metadata": {
            "interpreter": {"hash": "31f2aee4e71d21fbe5cf8b01ff0e069b9275f58929596ceb00d14d90e3e16cd6"},
            "kernelspec": {"display_name": ".venv (3.12.3)", "language": "python", "name": "python3"},
            "language_info": {
                "codemirror_mode": {"name": "ipython", "version": 3},
                "file_extension": ".py",
                "mimetype": "text/x-python",
                "name": "python",
                "nbconvert_exporter": "python",
                "pygments_lexer": "ipython3",
                "version": "3.12.3",
            },
            "orig_nbformat": 4,
        }
    }


def _language(cell: CellNode) -> None:
    if cell["cell_type"] == "code":
        cell["metadata"]["vscode"] = {"languageId": "plaintext"}


def _jupyterlab(notebook: Notebook) -> Notebook:
    """JupyterLab after cells were cut and pasted: other ids, and what the interface keeps."""
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = f"{number:08x}-4f1c-4a7e-9c55-0123456789ab"
        cell["metadata"] |= {
            "tags": [],
            "trusted": True,
            "slideshow": {"slide_type": ""},
            "jupyter": {"source_hidden": False, "outputs_hidden": True},
            "execution": {"iopub.execute_input": "2026-03-01T10:00:00.000000Z"},
        }
    return notebook


def _classic(notebook: Notebook) -> Notebook:
    """The classic notebook with its extensions: format 4.4."""
    for cell in notebook["cells"]:
        cell["metadata"] |= {"scrolled": True, "collapsed": False, "hidden": True, "ExecuteTime": {"end_time": "x"}}
        _lines(cell)
    made = without_ids(notebook, 4)
    made["metadata"] |= {"toc": {"base_numbering": 1}, "varInspector": {"cols": {}}, "latex_envs": {"LaTeX": True}}
    return made


def _deepnote(notebook: Notebook) -> Notebook:
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"] |= {
            "cell_id": f"0000{number}-bfed870b-7d25-4899-b633-234d9e47dfa7",
            "deepnote_cell_type": cell["cell_type"],
            "source_hash": "dc007c46",
            "execution_start": 1609771864303,
            "execution_millis": 895,
            "deepnote_to_be_reexecuted": False,
        }
    footer = text("<a style='text-decoration:none;' href='https://deepnote.com'>Created in Deepnote</a>")
    footer["metadata"] = {"created_in_deepnote_cell": True, "deepnote_cell_type": "markdown"}
    made = without_ids(notebook, 0)
    return made | {
        "cells": [*made["cells"], footer],
        "metadata": {"deepnote": {}, "deepnote_execution_queue": [], "deepnote_notebook_id": "6f0b"},
    }


def _kaggle(notebook: Notebook) -> Notebook:
    for cell in notebook["cells"]:
        cell["metadata"] |= {
            "_uuid": "8f2839f25d086af736a60e9eeb907d3b93b6e0e5",
            "_cell_guid": "b1076dfc",
            "trusted": True,
        }
        cell["metadata"] |= {"papermill": {"duration": 0.01, "exception": False, "status": "completed"}}
    return without_ids(notebook, 4) | {
        "metadata": {
            "kaggle": {"accelerator": "none", "dataSources": [], "isInternetEnabled": True, "language": "python"},
            "kernelspec": {"language": "python", "display_name": "Python 3", "name": "python3"},
            "papermill": {"default_parameters": {}, "version": "2.5.0"},
        }
    }


def _pycharm(cell: CellNode) -> None:
    cell["metadata"]["pycharm"] = {
        "name": "#%%\n" if cell["cell_type"] == "code" else "#%% md\n",
        "is_executing": False,
    }
    cell["metadata"]["ExecuteTime"] = {"start_time": "2026-03-01T10:00:00.000000Z"}


def _pyodide(notebook: Notebook) -> Notebook:
    kernel = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}
    return notebook | {"metadata": {"kernelspec": kernel, "language_info": {"name": "python"}}}


def _nothing_else(notebook: Notebook) -> Notebook:
    """An editor that keeps type and text."""
    bare = [{"cell_type": cell["cell_type"], "source": cell["source"], "metadata": {}} for cell in notebook["cells"]]
    return {"cells": bare, "nbformat": 4, "nbformat_minor": 0, "metadata": {}}


def _ids_only(cell: CellNode) -> None:
    name = grade_id(cell)
    if name is not None:
        cell["metadata"] = {"nbgrader": {"grade_id": name}}


_LOST = "had lost its nbgrader id"
EDITORS = [
    Mangling("as it was handed out", unchanged),
    Mangling("Colab", _colab),
    Mangling("Colab, metadata lost", both(_colab, each(_forget)), _LOST, "Copy of {}.ipynb"),
    Mangling("Colab forms", both(_colab, each(_form))),
    Mangling("VS Code", _vscode),
    Mangling("VS Code, metadata lost", both(_vscode, each(_forget)), _LOST),
    Mangling("VS Code, another language", both(_vscode, each(_language))),
    Mangling("JupyterLab", _jupyterlab),
    Mangling("JupyterLab, metadata lost", both(_jupyterlab, each(_forget)), _LOST),
    Mangling("Jupyter classic", _classic),
    Mangling("Deepnote", _deepnote),
    Mangling("Kaggle", _kaggle),
    Mangling("PyCharm", each(_pycharm)),
    Mangling("JupyterLite", _pyodide),
    Mangling("an editor that keeps type and text alone", _nothing_else, _LOST),
    Mangling("a tool that keeps ids alone", each(_ids_only)),
]
