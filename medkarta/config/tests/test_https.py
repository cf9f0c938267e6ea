"""Under an https address: cookie flags, prefixes and HSTS, seen from a portal started with one."""

import json
import os
import subprocess
import sys

SCRIPT = """
import json, os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "medkarta.config.settings"
django.setup()
from django.conf import settings
from django.test import Client
from django.core.management import call_command
call_command("migrate", verbosity=0)
browser = Client(headers={"host": "portal.example"})
answer = browser.get("/feedback/", secure=True)
csrf = browser.cookies[settings.CSRF_COOKIE_NAME]
browser.post("/preferences/", {"theme": "dark"}, secure=True, headers={"referer": "https://portal.example/"})
from medkarta.signin.views import cookie_flags
print(json.dumps({
    "hsts": answer.get("Strict-Transport-Security", ""), "status": answer.status_code,
    "csrf": settings.CSRF_COOKIE_NAME,
    "csrf_secure": csrf["secure"], "session": settings.SESSION_COOKIE, "login": settings.LOGIN_COOKIE,
    "flags": cookie_flags(), "view_secure": browser.cookies[settings.PREFERENCES_COOKIE]["secure"],
}))
"""


def test_cookies_and_hsts_follow_an_https_address(tmp_path):
    (tmp_path / "static").mkdir()
    environment = {
        **os.environ,
        "MEDKARTA_BASE_URL": "https://portal.example",
        "MEDKARTA_MODE": "production",
        "MEDKARTA_SECRET_KEY": "x" * 60,
        "MEDKARTA_DATA_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/https.sqlite3",
    }

    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, check=False, text=True, timeout=120
    )

    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["status"] == 200
    assert seen["hsts"].startswith("max-age=31536000")
    assert seen["csrf"].startswith("__Host-")
    assert seen["session"].startswith("__Host-")
    assert seen["login"].startswith("__Host-")
    assert seen["csrf_secure"]
    assert seen["view_secure"]
    assert seen["flags"] == {"secure": True, "httponly": True, "samesite": "Lax", "path": "/"}
