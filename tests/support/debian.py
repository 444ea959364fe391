"""A clean Debian in a folder, made by debootstrap from the mirror that this machine uses itself."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

PACKAGES = ("python3", "python3-venv", "ca-certificates", "redis-server", "adduser", "systemd")
# Inherited, nothing here: an index or a proxy of this machine holds for the root as well.
_NETWORK = re.compile(r"^(PIP_|https?_proxy$|HTTPS?_PROXY$|no_proxy$|NO_PROXY$|SSL_CERT_)")


MISSING = "A Debian in a folder needs root's rights, debootstrap, util-linux and iproute2 (apt-get install)."


def maker() -> str | None:
    """The path of debootstrap, or None: this machine cannot make and enter such a root."""
    if os.geteuid() != 0 or not all(shutil.which(name) for name in ("unshare", "setpriv", "ip")):
        return None
    return shutil.which("debootstrap")


def make(root: Path, packages: tuple[str, ...] = PACKAGES) -> None:
    """Unpack the root; one that is whole already, with the same packages, is taken as it is."""
    whole = root / "root.whole"
    if whole.exists() and whole.read_text("utf-8") in ("", " ".join(packages)):
        return
    shutil.rmtree(root, ignore_errors=True)
    suite, mirror = _source()
    _run(
        [
            *("debootstrap", "--variant=minbase", f"--include={','.join(packages)}"),
            *(suite, str(root), mirror),
        ]
    )
    for name in ("resolv.conf", "hosts", "pip.conf"):
        if Path("/etc", name).exists():
            shutil.copyfile(Path("/etc", name), root / "etc" / name)
    whole.write_text(" ".join(packages), "utf-8")


def wheels(root: Path, lock: Path, more: str) -> None:
    """Fetch what the locks name into the root's /wheels, by its own Python: later it has no network."""
    folder = root / "wheels"
    folder.mkdir(exist_ok=True)
    wanted = {"requirements.lock": lock.read_text("utf-8"), "more.lock": more}
    if all(
        (folder / name).exists() and (folder / name).read_text("utf-8") == text
        for name, text in wanted.items()
    ):
        return
    inside = ["chroot", str(root)]
    _run([*inside, "python3", "-m", "venv", "/opt/fetching"])
    trusted = Path(os.environ.get("PIP_CERT") or "/etc/ssl/certs/ca-certificates.crt")
    if trusted.exists():
        shutil.copyfile(trusted, root / "opt/fetching/trusted.crt")
    certificates = {"PIP_CERT": "/opt/fetching/trusted.crt"} if trusted.exists() else {}
    pip = ["/opt/fetching/bin/pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    pip += ["--require-hashes", "--only-binary", ":all:", "--dest", "/wheels"]
    for name, text in wanted.items():
        draft = folder / f"{name}.new"
        draft.write_text(text, "utf-8")
        _run([*inside, *pip, "-r", f"/wheels/{draft.name}"], environment() | certificates)
        draft.replace(folder / name)
    shutil.rmtree(root / "opt/fetching")


def environment() -> dict[str, str]:
    """For what runs inside: a clean one, with the way to the package index."""
    kept = {name: value for name, value in os.environ.items() if _NETWORK.match(name)}
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return kept | {"PATH": path, "HOME": "/root", "LANG": "C.UTF-8"}


def _source() -> tuple[str, str]:
    """Suite and mirror of this machine's own apt."""
    suite = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text("utf-8"), re.MULTILINE)
    found = subprocess.run(["apt-get", "indextargets"], capture_output=True, text=True, check=True).stdout
    mirrors = re.findall(r"^Repo-URI: (\S+)", found, re.MULTILINE)
    assert suite is not None, "this machine is no Debian"
    assert mirrors, "apt knows no mirror"
    return suite.group(1), next((mirror for mirror in mirrors if "security" not in mirror), mirrors[0])


def _run(argv: list[str], variables: dict[str, str] | None = None) -> None:
    done = subprocess.run(argv, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{argv[:3]} failed:\n{(done.stdout + done.stderr)[-3000:]}"
