"""The login page: a key or a token, kept in a cookie that no script can read."""

import re
from urllib.parse import parse_qs

from anyio import to_thread
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from ui.access import COOKIE, Access
from ui.errors import NotSignedInError
from ui.pages import own_page
from ui.wording import words

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Log in - Citewire</title><style></style></head>
<body class="narrow"><main>
<h1>Citewire</h1>
{problem}<form method="post" action="/login">
<label for="credential">Your key or token, from whoever runs this server</label>
<input id="credential" name="credential" type="password" autocomplete="current-password" required autofocus>
<input type="hidden" name="back" value="{back}">
<button type="submit">Log in</button>
</form>
</main></body>
</html>
"""
# A path on this server. "//x" and "/\x" would lead to another.
_HERE = re.compile(r"/(?![/\\])[\w./?=&%-]*")


def add_login(app: FastAPI, access: Access) -> None:
    """Add /login and /logout to an app."""
    router = APIRouter(include_in_schema=False)

    @router.get("/login")
    def page() -> Response:
        return login_page()

    @router.post("/login")
    async def login(request: Request) -> Response:
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        credential, back = (form.get(name, [""])[0].strip() for name in ("credential", "back"))
        try:
            await to_thread.run_sync(access.holder, credential)
        except NotSignedInError as error:
            return login_page(status=401, back=back, problem=str(error))
        response = RedirectResponse(_back(back), 303)
        response.set_cookie(
            COOKIE, credential, httponly=True, samesite="lax", secure=access.secure(request.scope), path="/"
        )
        return response

    @router.post("/logout")
    def logout() -> Response:
        response = RedirectResponse("/login", 303)
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
        return response

    app.include_router(router)


def login_page(*, status: int = 200, back: str = "/", problem: str = "") -> Response:
    """The page, with what was wrong the last time.

    Args:
        status: of the response.
        back: where on this server to go afterwards.
        problem: said above the form.
    """
    said = f'<p class="verdict bad" role="alert">{words(problem)}</p>\n' if problem else ""
    return own_page(_PAGE.format(problem=said, back=words(_back(back))), "form-action 'self'", status)


def _back(path: str) -> str:
    return path if _HERE.fullmatch(path) else "/"
