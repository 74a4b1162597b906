"""Closes a gap of formgrader's: it shows what stands in an address, a student's id for one, as HTML and in a script.

So a link to an instructor's own Jupyter, followed anywhere, could run a script there. Names of students, labs and
notebooks never hold the letters that this takes, so addresses with such letters are refused. nbgrader_config.py calls
`refuse_markup`; nbgrader reads it in the server's process, before it has any address.
"""

import re
import sys
from typing import Any, Final
from urllib.parse import unquote

_HANDLERS: Final = "nbgrader.server_extensions.formgrader.base"
_MARKUP: Final = re.compile(r"[<>\"\\\x00-\x1f\x7f\u2028\u2029]")


def refuse_markup() -> None:
    """Have formgrader refuse such addresses, if this process is the server that shows its pages."""
    module = sys.modules.get(_HANDLERS)
    if module is None or "prepare" in vars(module.BaseHandler):
        return
    # A server has imported it.
    from tornado.web import HTTPError

    prepare = module.BaseHandler.prepare

    async def prepare_unless_refused(handler: Any) -> None:  # noqa: ANN401 - nbgrader and tornado have no types
        if _MARKUP.search(unquote(handler.request.path, errors="replace")):
            raise HTTPError(400, "This address holds letters that no name of a student or a lab can hold.")
        await prepare(handler)

    module.BaseHandler.prepare = prepare_unless_refused
