"""The steps of a Dockerfile done in unpacked roots, as a builder does them: no engine is needed, root's rights are.

Each stage is a copy of its base. RUN goes through ``/bin/sh -c`` in namespaces of its own, without any network:
what pip would fetch lies in a folder that is only there while a step runs (the build's PIP_FIND_LINKS), and is
held against the lock's hashes all the same. Layers, caches and pulling are the engine's and are not done here.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import dockerfile
from tests.support.dockerfile import Step

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
WHEELS = "/mnt"  # A folder that every Debian has empty.
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_BOX = f"""\
set -e
root=$1 wheels=$2 work=$3 user=$4 command=$5
mount --make-rprivate /
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for name in {" ".join(_DEVICES)}; do touch "$root/dev/$name"; mount --bind "/dev/$name" "$root/dev/$name"; done
mkdir "$root/dev/shm"; mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
mount --bind "$wheels" "$root{WHEELS}"
mount -o remount,bind,ro "$root{WHEELS}"
cd "$root"
exec chroot --userspec="$user" . /bin/sh -c 'cd "$0" && exec /bin/sh -c "$1"' "$work" "$command"
"""


@dataclass(slots=True)
class Image:
    """What a build gives: the root and what the recipe says about running it."""

    root: Path
    env: dict[str, str] = field(default_factory=lambda: {"PATH": PATH})
    arguments: dict[str, str] = field(default_factory=dict)
    user: str = "0:0"
    work: str = "/"
    command: list[str] = field(default_factory=list)
    probe: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)
    stop: str = "SIGTERM"

    @property
    def known(self) -> dict[str, str]:
        """The variables that instructions may name."""
        return self.arguments | self.env


@dataclass(frozen=True, slots=True)
class Build:
    """``context`` is what the builder is given, ``bases`` maps an image's name to its unpacked root."""

    context: Path
    bases: dict[str, Path]
    wheels: Path
    folder: Path

    def made(self, recipe: str) -> Image:
        """Do every step of every stage; the last stage's image."""
        done: dict[str, Image] = {}
        for number, stage in enumerate(dockerfile.read(recipe)):
            base = done[stage.base].root if stage.base in done else self.bases[stage.base]
            root = self.folder / f"stage-{number}"
            subprocess.run(["cp", "-a", str(base), str(root)], check=True)
            root.chmod(0o755)
            image = Image(root)
            for step in stage.steps:
                self._do(step, image, done)
            done[stage.name] = image
        return done[stage.name]

    def _do(self, step: Step, image: Image, done: dict[str, Image]) -> None:
        text = dockerfile.substituted(step.rest, image.known)
        match step.word:
            case "ARG":
                name, _equals, value = text.partition("=")
                image.arguments[name] = dockerfile.unquoted(value)
            case "ENV":
                image.env |= dockerfile.pairs(step, image.known)
            case "WORKDIR":
                image.work = os.path.normpath(os.path.join(image.work, text))
                inside(image.root, image.work).mkdir(parents=True, exist_ok=True)
            case "USER":
                image.user = text
            case "VOLUME":
                image.volumes += step.argv or text.split()
            case "STOPSIGNAL":
                image.stop = text
            case "CMD":
                image.command = step.argv or ["/bin/sh", "-c", step.rest]
            case "HEALTHCHECK":
                image.probe = probe(step)
            case "RUN":
                self._run(step, image)
            case "COPY":
                self._copy(step, text, image, done)

    def _run(self, step: Step, image: Image) -> None:
        box = ["unshare", "--mount", "--net", "--pid", "--uts", "--ipc", "--fork", "--kill-child"]
        build = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": WHEELS}
        command = step.rest if step.argv is None else f"exec {' '.join(map(repr, step.argv))}"
        done = subprocess.run(
            [*box, "/bin/sh", "-c", _BOX, "box", str(image.root), str(self.wheels), image.work, image.user, command],
            env=build | {"HOME": "/root"} | image.known,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        said = f"{done.stdout[-3000:]}{done.stderr[-3000:]}"
        assert done.returncode == 0, (
            f"line {step.line} ended with {done.returncode}: {step.rest[:200]}\n{said}"
        )

    def _copy(self, step: Step, text: str, image: Image, done: dict[str, Image]) -> None:
        *sources, target = step.argv or text.split()
        place = inside(image.root, os.path.join(image.work, target))
        origin = done[step.flags["from"]].root if "from" in step.flags else None
        for source in sources:
            assert not set("*?[") & set(source), f"line {step.line}: patterns are not known here"
            if origin is not None:
                _lay(inside(origin, os.path.join("/", source)), place, folder=target.endswith("/"))
            else:
                self._from_context(os.path.normpath(source), place, folder=target.endswith("/"))

    def _from_context(self, source: str, place: Path, *, folder: bool) -> None:
        left_out = self.left_out()
        if source != "." and (self.context / source).is_file():
            assert not left_out(source), f"{source} is left out of the context"
            _lay(self.context / source, place, folder=folder)
            return
        for path in walked(self.context / source, self.context, left_out):
            _lay_one(path, place / path.relative_to(self.context / source))

    def left_out(self) -> dockerfile.Ignored:
        """What the builder is never given of the context."""
        return dockerfile.ignored((self.context / ".dockerignore").read_text("utf-8"))


def walked(top: Path, context: Path, left_out: dockerfile.Ignored) -> list[Path]:
    """Everything below ``top`` that the rules let through, folders before what they hold."""
    found = []
    for path in sorted(top.iterdir()):
        if left_out(path.relative_to(context).as_posix()):
            continue
        found.append(path)
        if path.is_dir() and not path.is_symlink():
            found += walked(path, context, left_out)
    return found


def probe(step: Step) -> list[str]:
    """The words of HEALTHCHECK CMD."""
    word, _blank, rest = step.rest.partition(" ")
    assert word == "CMD", "HEALTHCHECK CMD"
    given = Step(step.word, rest.strip(), {}, step.line)
    return given.argv or ["/bin/sh", "-c", rest]


def inside(root: Path, path: str) -> Path:
    """Where a path of the root lies; links of the root lead within it and never out."""
    place = root
    for part in Path(path).relative_to("/").parts:
        place = place / part
        for _ in range(40):
            if not place.is_symlink():
                break
            link = os.readlink(place)
            place = inside(root, link) if link.startswith("/") else place.parent / link
    return place


def _lay(source: Path, place: Path, *, folder: bool) -> None:
    """COPY of one file, or of what a folder holds."""
    if source.is_dir():
        place.mkdir(parents=True, exist_ok=True)
        # The builder keeps modes and times; everything belongs to root.
        subprocess.run(
            ["cp", "-R", "--preserve=mode,timestamps,links", f"{source}/.", str(place)], check=True
        )
        subprocess.run(["chown", "-hR", "0:0", str(place)], check=True)
        return
    _lay_one(source, place / source.name if folder or place.is_dir() else place)


def _lay_one(source: Path, place: Path) -> None:
    if source.is_symlink():
        place.symlink_to(os.readlink(source))
    elif source.is_dir():
        place.mkdir(exist_ok=True)
        place.chmod(stat.S_IMODE(source.stat().st_mode))
    else:
        shutil.copy2(source, place)
    os.chown(place, 0, 0, follow_symlinks=False)


def listing(root: Path) -> dict[str, tuple[str, ...]]:
    """Every path of a root with what it is: kind and mode, owner, and a digest of what it holds."""
    found = {}
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = Path(folder, name)
            known = path.lstat()
            if stat.S_ISLNK(known.st_mode):
                holds = os.readlink(path)
            elif stat.S_ISREG(known.st_mode):
                with open(path, "rb") as stream:
                    holds = hashlib.file_digest(stream, "sha256").hexdigest()
            else:
                holds = ""
            mode = stat.filemode(known.st_mode)
            found[str(path.relative_to(root))] = (mode, f"{known.st_uid}:{known.st_gid}", holds)
    return found
